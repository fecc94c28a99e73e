import type { ConnectionFlags } from '../connection-options.js';
import { describeError } from '../output/error-text.js';
import { type AwsService, resolveRequest, sdkConfig } from './aws-services.js';
import { type Finding, failed, passed } from './check.js';
import { answers } from './reachability.js';

/** Roles of machines are asked for over the network. */
const CREDENTIALS_TIMEOUT_MS = 8_000;

/** Region, credentials and endpoints, as the AWS SDK resolves them. Sends no request to a service. */
export async function checkAws(flags: ConnectionFlags, services: readonly AwsService[]): Promise<Finding[]> {
  const region = await checkRegion(flags);
  if (region.status !== 'ok') {
    const skipped = (check: string): Finding => ({ check, status: 'skipped', message: 'needs a region' });
    return [region, skipped('AWS credentials'), ...services.map((service) => skipped(`${service} endpoint`))];
  }
  const credentials = await checkCredentials(flags);
  const endpoints = await Promise.all(services.map((service) => checkEndpoint(flags, service)));
  return [region, credentials, ...endpoints];
}

async function checkRegion(flags: ConnectionFlags): Promise<Finding> {
  const config = await sdkConfig(flags);
  try {
    return passed('AWS region', await config.region());
  } catch (error) {
    const fix = 'Set AWS_REGION, the region of your AWS profile, or the option region.';
    return failed('AWS region', describeError(error), fix);
  }
}

async function checkCredentials(flags: ConnectionFlags): Promise<Finding> {
  const config = await sdkConfig(flags);
  try {
    const { expiration } = await within(CREDENTIALS_TIMEOUT_MS, config.credentials());
    const until = expiration === undefined ? '' : `, valid until ${expiration.toISOString()}`;
    return passed('AWS credentials', `found${until} (the first call will show whether AWS accepts them)`);
  } catch (error) {
    const fix = 'Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY or AWS_PROFILE, or run where a role is attached.';
    return failed('AWS credentials', describeError(error), fix);
  }
}

async function checkEndpoint(flags: ConnectionFlags, service: AwsService): Promise<Finding> {
  const check = `${service} endpoint`;
  try {
    const url = await within(CREDENTIALS_TIMEOUT_MS, resolveRequest(flags, service));
    const problem = await answers(url);
    if (problem === undefined) return passed(check, `${url.origin} answers`);
    const fix = 'Check the region, the proxy, the firewall (or the VPC endpoint), and AWS_ENDPOINT_URL_* variables.';
    return failed(check, `${url.origin}: ${problem}`, fix);
  } catch (error) {
    return failed(check, describeError(error), 'Check the region and the AWS_ENDPOINT_URL_* variables.');
  }
}

function within<T>(milliseconds: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${milliseconds / 1000} s`)), milliseconds);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}
