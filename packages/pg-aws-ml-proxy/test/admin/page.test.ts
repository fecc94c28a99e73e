import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type Browser, launch, type Page } from 'puppeteer-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AdminLab, openAdminLab } from '../support/admin-lab.js';

const browsers = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const executablePath = process.env.PG_AWS_ML_BROWSER ?? browsers.find((path) => existsSync(path));
const reason = executablePath === undefined ? ' (skipped: no Chromium; PG_AWS_ML_BROWSER names one)' : '';

/** Where pictures are kept to look at, if anywhere. */
const pictures = process.env.PG_AWS_ML_SCREENSHOTS;

const sizes = { phone: { width: 390, height: 844, isMobile: true }, desktop: { width: 1280, height: 900 } } as const;

describe.skipIf(executablePath === undefined)(`the page in a browser${reason}`, () => {
  let lab: AdminLab;
  let browser: Browser;

  beforeAll(async () => {
    lab = await openAdminLab({ budget: { maxRequests: 100, maxCostUsd: 0.05 } });
    const client = await lab.connect();
    await client.query('CREATE TABLE reviews (body text)');
    await client.query("INSERT INTO reviews SELECT 'customer text ' || i FROM generate_series(1, 120) i");
    await client.query("SELECT (aws_comprehend.detect_sentiment(body, 'en')).sentiment FROM reviews");
    await client.query("SELECT count((aws_comprehend.detect_sentiment('customer ' || 'text', 'de')).sentiment)");
    await client.query("SELECT 'customer text'::int").catch(() => {});
    browser = await launch({ executablePath: executablePath as string, args: ['--no-sandbox', '--disable-gpu'] });
  });
  afterAll(async () => {
    await browser?.close();
    await lab?.close();
  });

  async function open(size: keyof typeof sizes, scheme: 'light' | 'dark'): Promise<[Page, string[]]> {
    const page = await browser.newPage();
    const complaints: string[] = [];
    page.on('pageerror', (error) => complaints.push(String(error)));
    page.on('console', (message) => complaints.push(message.text()));
    page.on('requestfailed', (request) => complaints.push(`no ${request.url()}`));
    await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: scheme }]);
    await page.setViewport(sizes[size]);
    await page.goto(lab.url);
    await page.waitForSelector('#targets table', { timeout: 60_000 });
    if (pictures !== undefined) {
      await mkdir(pictures, { recursive: true });
      const path = join(pictures, `${size}-${scheme}.png`) as `${string}.png`;
      await page.screenshot({ path, fullPage: true });
    }
    return [page, complaints];
  }

  it.each([
    ['phone', 'dark'],
    ['desktop', 'light'],
    ['desktop', 'dark'],
    ['phone', 'light'],
  ] as const)('fits a %s, in %s', async (size, scheme) => {
    const [page, complaints] = await open(size, scheme);
    const measured = await page.evaluate(
      `({ content: document.documentElement.scrollWidth, window: innerWidth, plots: document.querySelectorAll('.plot canvas').length })`,
    );
    expect(measured).toEqual({ content: sizes[size].width, window: sizes[size].width, plots: 4 });
    expect(complaints).toEqual([]);
    await page.close();
  });

  it('shows what was sent, what it cost, budgets, errors and sessions, and no text', async () => {
    const [page] = await open('desktop', 'light');
    const textOf = (id: string) => page.evaluate(`document.querySelector('#${id}').innerText`);
    expect(await textOf('state')).toBe('running');
    expect(await textOf('targets')).toMatch(/aws_comprehend\.detect_sentiment\s+en\s+120\s+5\s+0\s+0\s.*\$0\.036/);
    expect(await textOf('budgets')).toMatch(/cost\s+\$0\.0\d+\s+\$0\.05/);
    expect(await textOf('errors')).toMatch(/22P02\s+data\s+1/);
    expect(await textOf('sessions')).toContain('idle');
    expect(await textOf('slow')).toMatch(/[0-9a-f]{16}\s+SELECT\s+batch/);
    expect(await page.content()).not.toContain('customer');
    await page.close();
  });

  it('follows what happens, and says when nobody answers', async () => {
    const [page] = await open('desktop', 'light');
    const client = await lab.connect();
    await client.query("SELECT (aws_comprehend.detect_sentiment('another', 'fr')).sentiment");
    const until = (expression: string) => page.waitForFunction(expression, { timeout: 60_000 });
    await until(`document.querySelector('#targets').innerText.includes('fr')`);
    lab.says.state = 'draining';
    await until(`document.querySelector('#state').innerText === 'draining'`);
    lab.says.state = 'running';
    await page.setOfflineMode(true);
    await until(`document.querySelector('#state').innerText === 'no answer'`);
    await page.setOfflineMode(false);
    await until(`document.querySelector('#state').innerText === 'running'`);
    await page.close();
  });

  it('takes names that clients send for text', async () => {
    const { default: pg } = await import('pg');
    const { host, port } = lab.through;
    const name = '<img src=x onerror=alert(1)>';
    const owner = await lab.connect();
    await owner.query(`CREATE ROLE ${pg.escapeIdentifier(name)} LOGIN`);
    const client = new pg.Client({ host, port, user: name, database: lab.direct.database });
    await client.connect();
    const [page] = await open('desktop', 'light');
    await page.waitForFunction(`document.querySelector('#sessions').innerText.includes('<img src=x')`);
    expect(await page.$('#sessions img')).toBeNull();
    await page.close();
    await client.end();
    await owner.query(`DROP ROLE ${pg.escapeIdentifier(name)}`);
  });
});
