import { createDeliveries, type Deliveries } from './deliveries/deliveries';
import { createPublisher, type Publisher } from './deliveries/publisher';
import { createStamp, type Stamp } from './views/stamp';
import { createVerificationViews, type VerificationViews } from './views/verificationView';
import { type Clock, createClock } from './world/clock';
import { createEnrolment, type Enrolment } from './world/enrolment';
import { createIdentifiers, type Identifiers } from './world/identifiers';
import { createLifecycle, type Lifecycle } from './world/lifecycle';
import { createProfileRegistry, type ProfileRegistry } from './world/profiles';
import { createStore, type Store } from './world/store';

/** One organisation's Dataspike from its first moment; a reset throws it away and makes another. */
export interface World {
  readonly clock: Clock;
  readonly identifiers: Identifiers;
  readonly store: Store;
  readonly profiles: ProfileRegistry;
  readonly lifecycle: Lifecycle;
  readonly enrolment: Enrolment;
  readonly deliveries: Deliveries;
  readonly publisher: Publisher;
  readonly views: VerificationViews;
  readonly stamp: Stamp;
  /** Ends all timers and breaks off all deliveries. */
  close(): void;
}

export interface WorldOptions {
  readonly seed: number;
  readonly now: () => number;
  readonly checkDurationMs: number;
  readonly redeliveryDelaysMs: readonly number[];
  readonly deliveryTimeoutMs: number;
}

export function createWorld(options: WorldOptions): World {
  const clock = createClock(options.now);
  const identifiers = createIdentifiers(options.seed);
  const stamp = createStamp(identifiers);
  const store = createStore();
  const profiles = createProfileRegistry({ store, clock, identifiers });
  const views = createVerificationViews(stamp, profiles.organizationId);
  const deliveries = createDeliveries({
    clock,
    redeliveryDelaysMs: options.redeliveryDelaysMs,
    timeoutMs: options.deliveryTimeoutMs,
  });
  const publisher = createPublisher({ store, clock, identifiers, deliveries, views, stamp });
  const lifecycle = createLifecycle({
    store,
    clock,
    identifiers,
    announcements: publisher,
    checkDurationMs: options.checkDurationMs,
  });
  const enrolment = createEnrolment({ store, clock, identifiers, lifecycle });
  return {
    clock,
    identifiers,
    store,
    profiles,
    lifecycle,
    enrolment,
    deliveries,
    publisher,
    views,
    stamp,
    close() {
      clock.stop();
      deliveries.close();
    },
  };
}
