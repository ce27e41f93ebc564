// Random histories of an elastic channel in which the plans of sub-channel-placement.ts are carried
// out on plain lists, as the store does it: whole or not at all, and refused when what they were
// made from has changed too much. After each act everything that placement promises is checked,
// against rules that are written down here once more. CARILLON_PLACEMENT_SEED=… repeats a run,
// CARILLON_PLACEMENT_HISTORIES=… makes it longer or shorter.
//
// A step is the placing of one newcomer, or the taking apart of one sub-channel: it touches at most
// two sub-channels. A batch is a sequence of such steps, and must end as they would.
import {
  array,
  assert,
  constantFrom,
  integer,
  nat,
  oneof,
  property,
  record,
  tuple,
  type Arbitrary,
} from 'fast-check'
import { expect, test } from 'vitest'
import type { ElasticChannelConfiguration } from './channel.ts'
import {
  minimumMembershipsOf,
  planJoins,
  planScaleIn,
  SCALE_IN_AGE_MS,
  type JoinPlan,
  type PlacementState,
  type ScaleInPlan,
  type SubChannelFill,
} from './sub-channel-placement.ts'

const HISTORIES_DEFAULT = 100_000
const ACTS_MAX = 40
/** As many as one BatchCreateChannelMembership brings. */
const BATCH_MAX = 100
/** Ten times what a busy machine needs for all of them. */
const TIMEOUT_MS = 600_000

const histories = Number(process.env['CARILLON_PLACEMENT_HISTORIES'] ?? HISTORIES_DEFAULT)
const seed = Number(process.env['CARILLON_PLACEMENT_SEED'] ?? Date.now() % 2 ** 31)

/** What may happen; each takes two numbers that say to whom and how much. */
const ACTS = [
  'join',
  'join',
  'join',
  'batch',
  'batch',
  'crowd',
  'leave',
  'leave',
  'exodus',
  'exodus',
  'ban',
  'promote',
  'demote',
  'moderate',
  'user deleted',
  'wait',
  'wait',
  'sweep',
  'failed join',
  'join on a stale plan',
  'scale-in on a stale plan',
] as const

type Act = readonly [kind: (typeof ACTS)[number], one: number, two: number]

interface KeptSubChannel {
  readonly subChannelId: string
  readonly createdAt: number
  /** Only ever changed by the numbers of plans; `members` by who really comes and goes. */
  count: number
  readonly members: number[]
  readonly moderators: Set<number>
  /** Rises whenever somebody comes or goes. */
  changes: number
}

/** A plan of newcomers, with what it was made from. */
interface PlannedJoin {
  readonly plan: JoinPlan
  readonly newcomers: readonly number[]
  readonly movers: readonly number[]
  readonly changes: number
}

interface PlannedScaleIn {
  readonly plan: ScaleInPlan
  readonly subChannel: KeptSubChannel
  readonly channelChanges: number
  readonly changes: number
}

/** What histories must come upon, or the test tests nothing; by name, how often they did. */
const SITUATIONS = [
  'one opened without company',
  'one opened with company',
  'company from the same batch',
  'several opened at once',
  'some refused',
  'all refused',
  'scale-in after a removal',
  'scale-in by a sweep',
  'an empty one removed',
  'a young one spared',
  'a sparse one that none can take',
  'a last one below the minimum',
  'a moderator lost its membership',
  'a stale join refused',
  'a stale join carried out',
  'a stale scale-in refused',
  'a stale scale-in carried out',
] as const

type Situations = Map<(typeof SITUATIONS)[number], number>

function check(holds: boolean, what: string): asserts holds {
  if (!holds) throw new Error(what)
}

/** One elastic channel, everybody around it, and a clock. */
class World {
  readonly #configuration: ElasticChannelConfiguration
  readonly #target: number
  readonly #minimum: number
  #subChannels: KeptSubChannel[] = []
  readonly #whereabouts = new Map<number, KeptSubChannel>()
  readonly #moderators = new Set<number>()
  readonly #banned = new Set<number>()
  /** Those who have been here and may come again. */
  readonly #gone: number[] = []
  readonly #situations: Situations
  #peopleCount = 0
  #openedCount = 0
  /** Rises whenever a sub-channel comes or goes. */
  #changes = 0
  #now = 0

  constructor(configuration: ElasticChannelConfiguration, situations: Situations) {
    this.#situations = situations
    this.#configuration = configuration
    this.#target = configuration.targetMembershipsPerSubChannel
    this.#minimum = minimumMembershipsOf(configuration)
    const exact = (this.#target * configuration.minimumMembershipPercentage) / 100
    check(this.#minimum >= exact && this.#minimum < exact + 1, 'the minimum is the ceiling')
  }

  act([kind, one, two]: Act): void {
    switch (kind) {
      case 'join':
        return this.#join(1)
      case 'batch':
        return this.#join(this.#batchSize(one, two))
      case 'crowd':
        return this.#crowd(one)
      case 'leave':
        return this.#end(this.#someMember(one, two), true)
      case 'exodus':
        return this.#exodus(one, two)
      case 'ban':
        return this.#ban(one, two)
      case 'promote':
        return this.#promote(one, two)
      case 'demote':
        return this.#demote(one)
      case 'moderate':
        return this.#moderate(one, two)
      case 'user deleted':
        // Its memberships are ended in the background, where nothing is balanced.
        return this.#end(this.#someMember(one, two), false)
      case 'wait':
        this.#now += (one * two) % (SCALE_IN_AGE_MS * 2.5)
        return
      case 'sweep':
        return void this.sweep()
      case 'failed join':
        return void this.#planJoin(this.#newcomers(this.#batchSize(one, two)))
      case 'join on a stale plan':
        return this.#joinOnStalePlan(one, two)
      case 'scale-in on a stale plan':
        return this.#scaleInOnStalePlan(one, two)
    }
  }

  /** What must hold at any moment. */
  checkEverything(): void {
    let members = 0
    for (const subChannel of this.#subChannels) {
      const { count } = subChannel
      check(count === subChannel.members.length, 'counts equal memberships')
      check(count <= this.#target, 'no sub-channel is above the target')
      members += count
    }
    // Arrivals and departures check that whoever comes was nowhere and whoever goes was here.
    check(members === this.#whereabouts.size, 'every regular member is in exactly one')
    const { maximumSubChannels } = this.#configuration
    check(this.#subChannels.length <= maximumSubChannels, 'no more sub-channels than allowed')
    for (const moderator of this.#moderators) {
      check(!this.#whereabouts.has(moderator), 'a moderator takes no place')
    }
  }

  /** Long enough after the last change, one sweep does all that there is to do. */
  settle(): void {
    this.#now += SCALE_IN_AGE_MS
    const members = this.#whereabouts.size
    const before = this.#subChannels.length
    check(this.sweep() < Math.max(1, before), 'the last sub-channel stays')
    this.checkEverything()
    check(this.#whereabouts.size === members, 'nobody is lost in a sweep')
    for (const subChannel of this.#subChannels) {
      check(!this.#isDue(subChannel), 'after a sweep nothing is due')
    }
    check(this.sweep() === 0, 'the second sweep changes nothing')
    this.#now += 60 * SCALE_IN_AGE_MS
    check(this.sweep() === 0, 'nor does a later one')
  }

  /** Returns how many sub-channels were taken apart. */
  sweep(): number {
    const sparse = this.#subChannels
      .filter(({ count }) => count < this.#minimum)
      .toSorted((one, other) => one.count - other.count)
    let removed = 0
    for (const subChannel of sparse) if (this.#scaleIn(subChannel)) removed += 1
    this.#note('scale-in by a sweep', removed > 0)
    return removed
  }

  #join(newcomersCount: number): void {
    const planned = this.#planJoin(this.#newcomers(newcomersCount))
    check(this.#carryOutJoin(planned), 'a fresh plan is never refused')
    const { placements, transfer } = planned.plan
    if (transfer !== undefined) {
      const donor = this.#find(transfer.fromSubChannelId)
      check(donor !== undefined && donor.count >= this.#minimum, 'givers stay above the minimum')
    }
    for (const { isNew, subChannelId } of placements) {
      const opened = isNew && this.#subChannels.length > 1 && this.#find(subChannelId)
      check(!opened || opened.count >= this.#minimum, 'what is opened stands by itself')
    }
  }

  /** Mostly what fits about one sub-channel; now and then anything. */
  #batchSize(one: number, two: number): number {
    return 1 + (one % (two % 8 === 0 ? BATCH_MAX : Math.min(BATCH_MAX, this.#target + 1)))
  }

  #crowd(one: number): void {
    // Large sub-channels are full only after many batches.
    const batches = 1 + (this.#target > BATCH_MAX ? one % 20 : 0)
    for (let batch = 0; batch < batches; batch += 1) this.#join(BATCH_MAX)
  }

  #exodus(one: number, two: number): void {
    const from = this.#some(this.#subChannels, one)
    if (from === undefined) return
    // Around the minimum, mostly.
    const staying = two % 4 === 0 ? one % this.#target : two % (this.#minimum + 1)
    let leaving = from.count - staying
    // In the middle it may be taken apart, and the others are elsewhere then.
    for (; leaving > 0; leaving -= 1) this.#end(from.members.at(-1), true)
  }

  #ban(one: number, two: number): void {
    if (two % 4 === 0) {
      const [pardoned] = this.#banned
      if (pardoned !== undefined) this.#banned.delete(pardoned)
    }
    const member = this.#someMember(one, two)
    if (member === undefined) return
    this.#banned.add(member)
    this.#end(member, true)
  }

  #promote(one: number, two: number): void {
    const member = this.#someMember(one, two)
    if (member === undefined) return
    this.#moderators.add(member)
    this.#end(member, true)
  }

  #demote(one: number): void {
    const moderator = this.#some([...this.#moderators], one)
    if (moderator === undefined) return
    this.#moderators.delete(moderator)
    for (const { moderators } of this.#subChannels) moderators.delete(moderator)
    this.#gone.push(moderator)
  }

  #moderate(one: number, two: number): void {
    const moderator = this.#some([...this.#moderators], one)
    const subChannel = this.#some(this.#subChannels, two)
    if (moderator === undefined || subChannel === undefined) return
    if (!subChannel.moderators.delete(moderator)) subChannel.moderators.add(moderator)
    subChannel.changes += 1
  }

  /** Two joins are planned from one state; the second is refused, or it keeps all promises. */
  #joinOnStalePlan(one: number, two: number): void {
    const first = this.#planJoin(this.#newcomers(this.#batchSize(one, two)))
    const others = this.#newcomers(this.#batchSize(two, one), first.newcomers)
    const second = this.#planJoin(others)
    if (two % 3 === 0) this.#end(this.#someMember(one, two), true)
    else check(this.#carryOutJoin(first), 'a fresh plan is never refused')
    this.checkEverything()
    const isRefused = !this.#carryOutJoin(second)
    this.#note('a stale join refused', isRefused)
    this.#note('a stale join carried out', !isRefused && others.length > second.plan.refusedCount)
    if (isRefused)
      check(this.#carryOutJoin(this.#planJoin(others)), 'a fresh plan is never refused')
  }

  #scaleInOnStalePlan(one: number, two: number): void {
    const sparse = this.#subChannels.filter((subChannel) => this.#isDue(subChannel))
    const planned = sparse.map((subChannel) => this.#planScaleIn(subChannel))
    if (two % 2 === 0) this.#join(this.#batchSize(one, two))
    else this.#end(this.#someMember(one, two), true)
    for (const scaleIn of planned) {
      check(scaleIn !== undefined, 'SCALE_IN where it is due')
      const isRefused = !this.#carryOutScaleIn(scaleIn)
      this.#note('a stale scale-in refused', isRefused)
      this.#note('a stale scale-in carried out', !isRefused)
      this.checkEverything()
    }
  }

  #planJoin(newcomers: readonly number[]): PlannedJoin {
    const count = newcomers.length
    let openedCount = 0
    const plan = planJoins(this.#placementState(count), count, () => {
      openedCount += 1
      return `sub-channel ${this.#openedCount + openedCount}`
    })
    this.#openedCount += openedCount
    this.#checkPlan(plan, count, openedCount)
    const { transfer } = plan
    const movers =
      transfer === undefined
        ? []
        : this.#find(transfer.fromSubChannelId)!.members.slice(-transfer.membershipsCount)
    return { plan, newcomers, movers, changes: this.#changes }
  }

  /** Frozen, so that a planner which changed what it was given would be noticed. */
  #placementState(newcomersCount: number): PlacementState {
    const byFill = this.#fills()
    return Object.freeze({
      configuration: Object.freeze(this.#configuration),
      subChannelsCount: this.#subChannels.length,
      withRoom: Object.freeze(
        byFill
          .filter(({ regularMembershipsCount: count }) => count < this.#target)
          .slice(0, newcomersCount),
      ),
      fullest: byFill[0],
    })
  }

  #fills(): SubChannelFill[] {
    return this.#subChannels
      .toSorted((one, other) => other.count - one.count)
      .map(({ subChannelId, count: regularMembershipsCount }) =>
        Object.freeze({ subChannelId, regularMembershipsCount }),
      )
  }

  #checkPlan(plan: JoinPlan, newcomersCount: number, openedCount: number): void {
    const { placements, transfer, refusedCount } = plan
    const countsBefore = this.#subChannels.map(({ count }) => count)
    const members = countsBefore.reduce((sum, count) => sum + count, 0)
    const capacity = this.#configuration.maximumSubChannels * this.#target
    const refused = Math.max(0, newcomersCount - (capacity - members))
    check(refusedCount === refused, 'refused is only whoever there is no room for')
    const placed = placements.reduce((sum, placement) => sum + placement.newcomersCount, 0)
    check(placed === newcomersCount - refused, 'everybody else has a place')
    check(
      placements.every((placement) => placement.newcomersCount > 0),
      'no empty placement',
    )
    const names = new Set(placements.map(({ subChannelId }) => subChannelId))
    check(names.size === placements.length, 'one placement for each sub-channel')

    const before = countsBefore.length
    const needed = Math.max(before, Math.ceil((members + placed) / this.#target))
    check(openedCount === needed - before, 'one more only when all are full')
    check(
      placements.filter(({ isNew }) => isNew).length === openedCount,
      'what is opened is not empty',
    )
    if (transfer !== undefined) {
      const { fromSubChannelId, toSubChannelId, membershipsCount } = transfer
      check(membershipsCount > 0 && membershipsCount < this.#minimum, 'company is few')
      const opened = placements.find(({ subChannelId }) => subChannelId === toSubChannelId)
      check(opened?.isNew === true, 'company comes to what is opened')
      check(this.#find(fromSubChannelId) !== undefined, 'company comes from what there was')
    }
    this.#note('one opened without company', openedCount > 0 && transfer === undefined)
    this.#note('one opened with company', transfer !== undefined)
    const inLast = members + placed - (needed - 1) * this.#target
    const company = openedCount > 0 && needed > 1 ? Math.max(0, this.#minimum - inLast) : 0
    // The emptiest took most of the batch; of those some go on, before anybody is moved.
    const roomOfEmptiest = openedCount > 1 ? this.#target : this.#target - Math.min(...countsBefore)
    const ofBatch = Math.max(0, Math.min(company, roomOfEmptiest))
    check((transfer?.membershipsCount ?? 0) === company - ofBatch, 'nobody is moved needlessly')
    this.#note('company from the same batch', ofBatch > 0)
    this.#note('several opened at once', openedCount > 1)
    this.#note('some refused', refused > 0 && placed > 0)
    this.#note('all refused', placed === 0)
    if (newcomersCount === 1) {
      const touched = new Set(names)
      if (transfer !== undefined) touched.add(transfer.fromSubChannelId)
      check(touched.size <= 2, 'a step touches two at most')
    }
    const counts = new Map(this.#subChannels.map((kept) => [kept.subChannelId, kept.count]))
    const add = (id: string, more: number) => counts.set(id, (counts.get(id) ?? 0) + more)
    for (const placement of placements) add(placement.subChannelId, placement.newcomersCount)
    if (transfer !== undefined) {
      add(transfer.fromSubChannelId, -transfer.membershipsCount)
      add(transfer.toSubChannelId, transfer.membershipsCount)
    }
    const expected = this.#stepByStep(countsBefore, newcomersCount)
    const reached = [...counts.values()].toSorted((one, other) => one - other)
    check(reached.join() === expected.join(), 'a batch ends as its steps would, one by one')
  }

  /** The rule of one newcomer, again and again. */
  #stepByStep(before: readonly number[], newcomersCount: number): number[] {
    const counts = [...before]
    const fullest = (below: number) => {
      let best = -1
      for (const [index, count] of counts.entries()) {
        if (count < below && (best < 0 || count > counts[best]!)) best = index
      }
      return best
    }
    for (let step = 0; step < newcomersCount; step += 1) {
      const place = fullest(this.#target)
      if (place >= 0) counts[place]! += 1
      else if (counts.length < this.#configuration.maximumSubChannels) {
        const donor = fullest(Infinity)
        const company = donor < 0 ? 0 : this.#minimum - 1
        if (donor >= 0) counts[donor]! -= company
        counts.push(1 + company)
      }
    }
    return counts.toSorted((one, other) => one - other)
  }

  /** Whole or not at all; false when what the plan counts on is no longer so. */
  #carryOutJoin({ plan, newcomers, movers, changes }: PlannedJoin): boolean {
    const { placements, transfer } = plan
    const opens = placements.some(({ isNew }) => isNew)
    if (opens && changes !== this.#changes) return false
    const fits = placements.every(({ subChannelId, isNew, newcomersCount }) => {
      const kept = this.#find(subChannelId)
      return isNew || (kept !== undefined && kept.count + newcomersCount <= this.#target)
    })
    const donor = transfer && this.#find(transfer.fromSubChannelId)
    if (!fits || movers.some((mover) => this.#whereabouts.get(mover) !== donor)) return false

    let next = 0
    for (const { subChannelId, isNew, newcomersCount } of placements) {
      const kept = isNew ? this.#open(subChannelId) : this.#find(subChannelId)!
      kept.count += newcomersCount
      for (let left = newcomersCount; left > 0; left -= 1) this.#arrive(newcomers[next++]!, kept)
    }
    if (transfer !== undefined) {
      const to = this.#find(transfer.toSubChannelId)!
      donor!.count -= transfer.membershipsCount
      to.count += transfer.membershipsCount
      for (const mover of movers) {
        this.#depart(mover)
        this.#arrive(mover, to)
      }
    }
    return true
  }

  /** Ends a membership, and balances in the same transaction where that is to be done. */
  #end(member: number | undefined, balances: boolean): void {
    if (member === undefined) return
    const from = this.#depart(member)
    from.count -= 1
    if (!this.#banned.has(member) && !this.#moderators.has(member)) this.#gone.push(member)
    if (balances) this.#note('scale-in after a removal', this.#scaleIn(from))
  }

  #scaleIn(subChannel: KeptSubChannel): boolean {
    const planned = this.#planScaleIn(subChannel)
    if (planned === undefined) return false
    check(this.#carryOutScaleIn(planned), 'a fresh plan is never refused')
    return true
  }

  /** The rule of SCALE_IN, in other words. */
  #isDue(subChannel: KeptSubChannel): boolean {
    const { count, createdAt } = subChannel
    const others = this.#subChannels.filter((other) => other !== subChannel)
    if (count === 0) return others.length > 0
    const isOld = this.#now - createdAt >= SCALE_IN_AGE_MS
    const isTaken = others.some((other) => other.count + count <= this.#target)
    const isSparse = count < this.#minimum
    this.#note('a young one spared', isSparse && isTaken && !isOld)
    this.#note('a sparse one that none can take', isSparse && !isTaken && others.length > 0)
    this.#note('a last one below the minimum', isSparse && others.length === 0)
    return isSparse && isOld && isTaken
  }

  #planScaleIn(subChannel: KeptSubChannel): PlannedScaleIn | undefined {
    const { subChannelId, createdAt, count } = subChannel
    const fill = Object.freeze({ subChannelId, createdAt, regularMembershipsCount: count })
    const all = this.#fills()
    const able = all.filter((other) => other.regularMembershipsCount + count <= this.#target)
    // Two are enough: one of them may be the sub-channel itself.
    const others = this.#changes % 2 === 0 ? all : able.slice(0, 2)
    const plan = planScaleIn(this.#configuration, fill, Object.freeze(others), this.#now)
    check((plan !== undefined) === this.#isDue(subChannel), 'SCALE_IN exactly where it is due')
    if (plan === undefined) return undefined
    check(plan.removedSubChannelId === subChannelId, 'the one that is asked about')
    check((plan.toSubChannelId === undefined) === (count === 0), 'members go somewhere')
    if (plan.toSubChannelId !== undefined) {
      const taker = this.#find(plan.toSubChannelId)
      const best = able.find((other) => other.subChannelId !== subChannelId)
      check(taker !== undefined && taker !== subChannel, 'to another one')
      check(taker.count === best!.regularMembershipsCount, 'to the fullest that takes all')
    }
    return { plan, subChannel, channelChanges: this.#changes, changes: subChannel.changes }
  }

  #carryOutScaleIn({ plan, subChannel, channelChanges, changes }: PlannedScaleIn): boolean {
    if (this.#changes !== channelChanges || subChannel.changes !== changes) return false
    const taker = plan.toSubChannelId === undefined ? undefined : this.#find(plan.toSubChannelId)
    if (taker !== undefined && taker.count + subChannel.count > this.#target) return false
    const members = this.#whereabouts.size
    for (const member of subChannel.members.toReversed()) {
      this.#depart(member)
      this.#arrive(member, taker!)
    }
    if (taker !== undefined) taker.count += subChannel.count
    check(this.#whereabouts.size === members, 'as many members after a transfer as before')
    this.#note('an empty one removed', taker === undefined)
    this.#note('a moderator lost its membership', subChannel.moderators.size > 0)
    this.#subChannels = this.#subChannels.filter((other) => other !== subChannel)
    this.#changes += 1
    return true
  }

  #note(situation: (typeof SITUATIONS)[number], isSo: boolean): void {
    if (isSo) this.#situations.set(situation, (this.#situations.get(situation) ?? 0) + 1)
  }

  #open(subChannelId: string): KeptSubChannel {
    check(this.#find(subChannelId) === undefined, 'a new sub-channel has a new name')
    const opened = {
      subChannelId,
      createdAt: this.#now,
      count: 0,
      members: [],
      moderators: new Set<number>(),
      changes: 0,
    }
    this.#subChannels.push(opened)
    this.#changes += 1
    return opened
  }

  #arrive(member: number, at: KeptSubChannel): void {
    check(!this.#whereabouts.has(member), 'nobody is in two sub-channels')
    check(!this.#banned.has(member) && !this.#moderators.has(member), 'who may be a member')
    this.#whereabouts.set(member, at)
    at.members.push(member)
    at.changes += 1
  }

  #depart(member: number): KeptSubChannel {
    const from = this.#whereabouts.get(member)
    const index = from?.members.lastIndexOf(member) ?? -1
    check(from !== undefined && index >= 0, 'whoever goes was there')
    from.members.splice(index, 1)
    from.changes += 1
    this.#whereabouts.delete(member)
    return from
  }

  /** People who are no members, some of whom have been here before. */
  #newcomers(count: number, except: readonly number[] = []): number[] {
    const returning = new Set(this.#gone.splice(0, count >> 1))
    const here = new Set(except)
    const chosen = [...returning].filter(
      (person) =>
        !here.has(person) &&
        !this.#whereabouts.has(person) &&
        !this.#banned.has(person) &&
        !this.#moderators.has(person),
    )
    while (chosen.length < count) chosen.push(this.#peopleCount++)
    return chosen
  }

  #someMember(one: number, two: number): number | undefined {
    return this.#some(this.#some(this.#subChannels, one)?.members ?? [], two)
  }

  #some<Item>(items: readonly Item[], choice: number): Item | undefined {
    return items[choice % items.length]
  }

  #find(subChannelId: string): KeptSubChannel | undefined {
    return this.#subChannels.find((kept) => kept.subChannelId === subChannelId)
  }
}

const configurations: Arbitrary<ElasticChannelConfiguration> = record({
  maximumSubChannels: oneof(
    { weight: 8, arbitrary: integer({ min: 2, max: 6 }) },
    { weight: 1, arbitrary: integer({ min: 2, max: 100 }) },
  ),
  targetMembershipsPerSubChannel: oneof(
    { weight: 6, arbitrary: integer({ min: 2, max: 7 }) },
    { weight: 8, arbitrary: integer({ min: 5, max: 40 }) },
    { weight: 1, arbitrary: integer({ min: 2, max: 1_000 }) },
  ),
  minimumMembershipPercentage: oneof(integer({ min: 1, max: 40 }), integer({ min: 20, max: 40 })),
})

const acts = array(tuple(constantFrom(...ACTS), nat(0xffff), nat(0xffff)), {
  maxLength: ACTS_MAX,
  size: 'max',
})

test(
  `${histories} histories keep what placement promises (seed ${seed})`,
  { timeout: TIMEOUT_MS },
  () => {
    const situations: Situations = new Map()
    assert(
      property(configurations, acts, (configuration, history) => {
        const world = new World(configuration, situations)
        for (const act of history) {
          world.act(act)
          world.checkEverything()
        }
        world.settle()
      }),
      { numRuns: histories, seed },
    )
    const rare = SITUATIONS.filter(
      (name) => (situations.get(name) ?? 0) < Math.floor(histories / 2_000),
    )
    expect(rare, 'situations that hardly came up').toEqual([])
  },
)
