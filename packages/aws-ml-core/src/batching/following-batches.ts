import { Batch, type PendingInvocation } from '../invocations/batch.js';

/** What becomes of a batch of followers once those whom they follow have an outcome. */
export interface FollowedOutcome {
  /** A new batch, which counts as dispatched from now on. */
  followed(batch: Batch): void;
  /** All have the results of those whom they followed. */
  settled(batch: Batch): void;
  /** Some of those whom they followed have failed, maybe for reasons of their own: the batch is to be sent after all. */
  abandoned(batch: Batch): void;
}

/** Lets invocations of one statement wait for those of others with equal inputs that are under way. */
export class FollowingBatches {
  readonly #outcome: FollowedOutcome;
  /** By the batch that they follow, while it is under way and they have room. */
  readonly #open = new Map<Batch, { readonly batch: Batch; readonly leaders: PendingInvocation[] }>();

  constructor(outcome: FollowedOutcome) {
    this.#outcome = outcome;
  }

  follow(leader: PendingInvocation, input: string, invocation: PendingInvocation, bound: number): void {
    const leading = leader.batch as Batch;
    let open = this.#open.get(leading);
    if (open === undefined || open.batch.inputs.length >= bound) {
      open = this.#start(leading);
      this.#open.set(leading, open);
    }
    open.batch.add(input, invocation, 0);
    open.leaders.push(leader);
  }

  #start(leading: Batch) {
    const batch = new Batch();
    const leaders: PendingInvocation[] = [];
    batch.dispatched = true;
    this.#outcome.followed(batch);
    leading.addWaiter({
      batchSettled: () => {
        this.#open.delete(leading);
        if (batch.settled) return;
        if (leaders.some((leader) => leader.result === undefined || leader.failed)) this.#outcome.abandoned(batch);
        else {
          this.#outcome.settled(batch);
          batch.settle((index) => leaders[index]?.result ?? []);
        }
      },
    });
    return { batch, leaders };
  }
}
