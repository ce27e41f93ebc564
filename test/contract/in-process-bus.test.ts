// The in-process bus against the contract of every event bus.
import { createInProcessBus } from '../../src/bus/in-process.ts'
import { describeEventBus } from './event-bus.contract.ts'

describeEventBus('in-process', { create: createInProcessBus, settled: () => Promise.resolve() })
