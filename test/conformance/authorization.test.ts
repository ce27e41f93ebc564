// The role matrix over HTTP: each row of test/authorization/matrix.ts asked by each kind of caller,
// in channels of each kind, privacy and mode.
import { expect } from 'vitest'
import { matrixRows, placeOf, titleOf, type MatrixCell } from '../authorization/matrix.ts'
import { casesOf, type CaseWriter } from './kit/conformance-case.ts'
import { createMatrixAsker, type MatrixAsker } from './kit/matrix-stage.ts'
import { useWorld } from './kit/world.ts'

/** More cells of a row than this are not asked at once: the server is one process. */
const AT_ONCE = 8

const world = useWorld()
const users = createMatrixAsker(world, () => world.user())
const bots = createMatrixAsker(world, () => world.bot())

/** What each cell is answered, in order. */
async function answersTo(asker: MatrixAsker, cells: readonly MatrixCell[]): Promise<unknown[]> {
  const answers: unknown[] = []
  const waiting = [...cells.entries()]
  const work = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const [index, cell] = next
      answers[index] = [placeOf(cell), await asker.answerTo(cell)]
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, work))
  return answers
}

const writers = new Map<string, CaseWriter>()
for (const row of matrixRows()) {
  const { operation, cells } = row
  const write = writers.get(operation) ?? casesOf(operation)
  writers.set(operation, write)
  const expected = (asked: readonly MatrixCell[]) =>
    asked.map((cell) => [placeOf(cell), cell.answer])
  write(
    'authorisation',
    'doc',
    `Given users in each role, when they ask for ${titleOf(row)}, then each is answered as the role matrix says`,
    async () => expect(await answersTo(users, cells)).toEqual(expected(cells)),
  )
  // The policies are held to every mode for bots, too; over HTTP one mode shows that they count.
  const forBots = cells.filter(({ mode, asked }) => mode === (asked.mode ?? 'RESTRICTED'))
  write(
    'authorisation',
    'doc',
    `Given bots in each role, when they ask for ${titleOf(row)}, then each is answered as the role matrix says`,
    async () => expect(await answersTo(bots, forBots)).toEqual(expected(forBots)),
  )
}
