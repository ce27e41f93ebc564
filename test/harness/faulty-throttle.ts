// A place in the way of every request where tests let the server fail as it can by itself.
import { ThrottledClientException } from '../../src/domain/errors.ts'
import { StoreUnavailableError } from '../../src/ports/store.ts'
import type { Throttle } from '../../src/services/throttle.ts'

const FAULTS = {
  throttled: () => new ThrottledClientException('too often'),
  failing: () => new Error('something that nobody expected'),
  'out of store': () => new StoreUnavailableError('the disk is full'),
} as const
export type Fault = keyof typeof FAULTS

export interface FaultyThrottle {
  /** To be given to the server. */
  readonly throttle: Throttle
  /** Every request that arrives while `call` runs meets `fault`. */
  during<Output>(fault: Fault, call: () => Promise<Output>): Promise<Output>
}

export function createFaultyThrottle(): FaultyThrottle {
  let present: Fault | undefined
  return {
    throttle: {
      checkBearer() {},
      admit() {
        if (present !== undefined) throw FAULTS[present]()
      },
    },
    async during(fault, call) {
      present = fault
      try {
        return await call()
      } finally {
        present = undefined
      }
    },
  }
}
