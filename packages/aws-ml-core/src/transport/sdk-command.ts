/** What is needed of the SDK's clients and commands, whatever the service. */

export interface MiddlewareArguments {
  readonly input: object;
  readonly request?: unknown;
}

export interface MiddlewareResult {
  readonly response: unknown;
  readonly output?: unknown;
}

export type Handler = (args: MiddlewareArguments) => Promise<MiddlewareResult>;

type Middleware = (next: Handler, context: Readonly<Record<string, unknown>>) => Handler;

interface MiddlewareName {
  readonly name: string;
  readonly override: boolean;
}

export interface MiddlewareStack {
  add(
    middleware: Middleware,
    options: MiddlewareName & { readonly step: 'finalizeRequest' | 'deserialize'; readonly priority: 'low' },
  ): void;
  addRelativeTo(
    middleware: Middleware,
    options: MiddlewareName & { readonly relation: 'after'; readonly toMiddleware: string },
  ): void;
}

export interface SdkCommand {
  readonly input: object;
  readonly middlewareStack: MiddlewareStack;
}

export interface SdkClient {
  readonly config: {
    readonly credentials?: () => Promise<object>;
    /** Bedrock's bearer token. */
    readonly token?: () => Promise<object>;
    readonly region?: () => Promise<string>;
  };
  send(command: SdkCommand, options: { abortSignal?: AbortSignal }): Promise<object>;
  /** Its middleware: a name, aliases and a step in each entry. */
  readonly middlewareStack: { identify(): string[] };
  destroy(): void;
}
