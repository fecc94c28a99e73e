import type { Endpoint } from '../endpoints/endpoint.js';
import type { ObjectStore } from '../objects/object-store.js';
import { arnOf, type ResourceKind } from './arn.js';
import type { EndpointRecord, SageMakerState } from './state.js';
import type { WorkList } from './work.js';

/** What the operations work upon. */
export interface ControlContext {
  readonly region: string;
  readonly state: SageMakerState;
  readonly store: ObjectStore;
  readonly work: WorkList;
  /** What the runtime invokes, by name: endpoints of the state that have their model. */
  readonly hosted: Map<string, Endpoint>;
  /** The endpoints of the options, by name. */
  readonly configured: ReadonlyMap<string, EndpointRecord>;
  /** To be called after each change of the state. */
  changed(): void;
}

export const arnIn = ({ region }: ControlContext, kind: ResourceKind, name: string) => arnOf(region, kind, name);

interface TagLike {
  readonly Key: string | undefined;
  readonly Value: string | undefined;
}

export function tagResource({ state }: ControlContext, arn: string, tags: readonly TagLike[] = []): void {
  const added = tags.map(({ Key = '', Value = '' }) => [Key, Value]);
  state.tags.set(arn, { ...state.tags.get(arn), ...Object.fromEntries(added) });
}
