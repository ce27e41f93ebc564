// Runs the load generator http-load.c on the load core and reads its report.
import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { promisify } from 'node:util'
import { LOAD_CORE, compileC, onCore } from '../measure.ts'

export interface HttpLoad {
  readonly port: number
  /** Each keeps one request under way. */
  readonly connections: number
  /** Made by writeRequestFile. */
  readonly file: string
  /** Answers before the clock starts. */
  readonly warmUp: number
  /** Of every answer; any other ends the bench with an error. */
  readonly status: number
  /** Gets the instant of each answer, for readAnswerTimes. */
  readonly times?: string
}

export interface LoadReport {
  readonly perSecond: number
  readonly p50Us: number
  readonly p99Us: number
  /** Share of its core that the generator itself used; near 1, it would be the bottleneck. */
  readonly busyShare: number
}

/** Compiles the generator and returns the function that runs it. */
export function createHttpLoad(): (load: HttpLoad) => Promise<LoadReport> {
  const program = compileC(new URL('http-load.c', import.meta.url))
  return async ({ port, connections, file, warmUp, status, times }) => {
    const parameters = [port, connections, file, warmUp, status].map(String)
    if (times !== undefined) parameters.push(times)
    const { stdout } = await promisify(execFile)(...onCore(LOAD_CORE, program, parameters))
    return JSON.parse(stdout) as LoadReport
  }
}

/** When each answer came, in seconds since the first request, in the order of the answers. */
export function readAnswerTimes(file: string): readonly number[] {
  const bytes = readFileSync(file)
  return Array.from(
    { length: bytes.length / 8 },
    (_, index) => Number(bytes.readBigUInt64LE(index * 8)) / 1e9,
  )
}

/** The port of `http://host:port`. */
export function portOf(url: string): number {
  return Number(new URL(url).port)
}
