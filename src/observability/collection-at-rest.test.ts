// That garbage of a rush goes at rest; how long a collection takes is measured in bench/.
import { expect, test } from 'vitest'
import { createCollectionAtRest } from './collection-at-rest.ts'

test('garbage of a rush is collected when the event loop rests, and not before', async () => {
  const looks: (() => void)[] = []
  let busyShare = 1
  const every = (_periodMs: number, action: () => void) => {
    looks.push(action)
    return { cancel() {} }
  }
  const look = () => {
    for (const action of looks) action()
  }
  const collection = createCollectionAtRest({ every }, () => busyShare)
  await collection.start()
  let rush: object[] | undefined = Array.from({ length: 1_000_000 }, (_, index) => ({ index }))
  const usedInRush = process.memoryUsage().heapUsed
  rush = undefined
  look()
  const usedWhileBusy = process.memoryUsage().heapUsed
  busyShare = 0
  look()
  await collection.close()
  const collected = usedInRush - process.memoryUsage().heapUsed
  expect({ rush, isKept: usedWhileBusy > usedInRush / 2 }).toEqual({
    rush: undefined,
    isKept: true,
  })
  expect(collected).toBeGreaterThan(16 * 1024 * 1024)
})
