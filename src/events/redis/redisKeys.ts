/**
 * Every key that the gateway has in Redis. The hash tag keeps them on one node of a cluster, since scripts touch several.
 */
const TAG = '{dataspike}:';

/** The stream of all events. */
export const EVENTS_KEY = `${TAG}events`;

/** The stream of what processes tell each other to forget. */
export const CHANGES_KEY = `${TAG}changes`;

/** Hash of where one verification stands: cursor, isFinal, stateKey, status. Nothing about a person. */
export const latestKey = (verificationId: string) => `${TAG}latest:${verificationId}`;

/** Exists while a delivery is remembered. */
export const deliveryKeyKey = (deliveryKey: string) => `${TAG}delivery:${deliveryKey}`;

/** Holds the owner of a lease. */
export const leaseKey = (name: string) => `${TAG}lease:${name}`;

export const keptTextKey = (name: string) => `${TAG}kept:${name}`;

/** Holds what became of one creation: ids and times, nothing about a person. */
export const sharedRecordKey = (key: string) => `${TAG}record:${key}`;
