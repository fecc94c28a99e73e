import { BoundedCache } from '../memory/bounded-cache.js';
import { isRefusedNavigation, looksLikeNavigation } from './navigation-shape.js';
import { concernsModels, Recogniser } from './recogniser.js';
import { beginsBlock, mayRunDeferredTriggers } from './statement-kind.js';

/** How long what is known of the catalog is good enough for a transaction block, in milliseconds. */
const FRESH_MS = 1000;
/** Looks take no larger part of the time than this. */
const LOOK_SHARE = 0.005;

/** Functions that are made for the types of their arguments, and a setting that the server doesn't know. */
const MUST_PREPARE = /invoke_endpoint|apg_enable_function_migration/i;

/** A name of two parts. */
const QUALIFIED = /[\w"\u0080-\uffff]\.[\w"\u0080-\uffff]/;

/** What may be remembered of texts that look like navigation, in bytes. */
const PLAIN_BYTES = 1024 * 1024;

/** What was found in one version of the catalog. */
export interface FoundNames {
  readonly version: number;
  /** Whether the extension is installed. */
  readonly installed: boolean;
  /** The bare names of everything through which an ML function can be called. */
  readonly names: ReadonlySet<string>;
  /** The symbols of operators that call one. */
  readonly operators: ReadonlySet<string> | undefined;
  /** Whether there are deferred triggers with ML calls. */
  readonly hasDeferred: boolean;
}

/**
 * What is known of the database's names, and so which texts concern us. All that a process needs of this package until one
 * of them does.
 */
export class KnownNames {
  readonly recogniser = new Recogniser();
  /** What looks like navigation and is none. It depends on the text alone. */
  readonly #plain = new BoundedCache<true>(PLAIN_BYTES);
  /** The version of the catalog that they are from; undefined while they aren't known. */
  version: number | undefined;
  #installed = false;
  #freshUntil = 0;
  #hasDeferred = false;

  /** Whether a statement may hold ML calls, or anything else that is not for the server alone. */
  concerns(text: string): boolean {
    return (
      this.recogniser.concerns(text) ||
      this.#mayNavigate(text) ||
      this.#mayFireDeferred(text) ||
      (beginsBlock(text) && this.wantsLook)
    );
  }

  /** Whether a statement concerns us only because nobody has looked yet which names of the database do. */
  isUnsure(text: string): boolean {
    return this.recogniser.isUnsure(text) && !this.#mayNavigate(text) && !this.#mayFireDeferred(text);
  }

  /** Whether the server could not parse or describe a statement as it is: its functions are made when needed, or its words are ours. */
  mustPrepare(text: string): boolean {
    return MUST_PREPARE.test(text) || concernsModels(text) || this.#mayNavigate(text);
  }

  /** Whether a statement that the server has refused may navigate into SUPER values, though it didn't look so. */
  maySayMore(error: unknown, text: string): boolean {
    return this.#installed && isRefusedNavigation(error) && QUALIFIED.test(text);
  }

  /** The text only looks like navigation: its tree says that it isn't. */
  navigatesNowhere(text: string): void {
    if (looksLikeNavigation(text)) this.#plain.set(text, true);
  }

  /** Whether a text may navigate into SUPER values, in a database that has the extension or isn't known. */
  #mayNavigate(text: string): boolean {
    const isOut = this.version !== undefined && !this.#installed;
    return !isOut && looksLikeNavigation(text) && !this.#plain.has(text);
  }

  /** Whether a text may run the deferred triggers of its transaction, and there are some with ML calls. */
  #mayFireDeferred(text: string): boolean {
    return this.#hasDeferred && mayRunDeferredTriggers(text);
  }

  /** Whether there are deferred triggers with ML calls. */
  get hasDeferred(): boolean {
    return this.#hasDeferred;
  }

  /**
   * Whether it is time to look at the catalog before a transaction block begins: within it, a statement that turns out
   * to reach an ML function cannot run again.
   */
  get wantsLook(): boolean {
    return this.#installed && this.version !== undefined && performance.now() > this.#freshUntil;
  }

  /** The catalog's version has been read. @param tookMs how long that took */
  looked(tookMs: number): void {
    this.#freshUntil = performance.now() + Math.max(FRESH_MS, tookMs / LOOK_SHARE);
  }

  learn({ version, installed, names, operators, hasDeferred }: FoundNames): void {
    this.recogniser.learn(names, operators);
    this.version = version;
    this.#installed = installed;
    this.#hasDeferred = hasDeferred;
  }

  /** Something may have changed the catalog. */
  forget(): void {
    this.recogniser.forget();
    this.version = undefined;
  }
}
