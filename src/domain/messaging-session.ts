// What is fixed of messaging sessions, for those who take them and those who turn them away.

/** Path of messaging sessions, whose upgrades the listeners hand to the gateway. */
// evidence: docs websockets-using (behaviour 1.2)
export const CONNECT_PATH = '/connect'
