// The types of a compiled model: what the router, the three stages and the error answers know about
// an operation. No code: model.ts builds them.
import type { Member, StructureShape } from './shape.ts'

/** The four services, named like their model files. */
export type ServiceName = 'messaging' | 'identity' | 'iam' | 'sts'

/** How a service speaks: JSON over paths, or form-encoded actions answered in XML. */
export type WireProtocol = 'rest-json' | 'query'

/** An error that an operation may answer: its HTTP status and its `Code` in the body. */
export interface CompiledError {
  readonly status: number
  readonly code: string
}

/** One operation of one model, ready for requests. Immutable and shared by all of them. */
export interface CompiledOperation {
  readonly service: ServiceName
  readonly protocol: WireProtocol
  readonly apiVersion: string
  readonly xmlNamespace: string | undefined
  readonly name: string
  readonly method: string
  /** Path and query literals as in the model, for example `/tags?operation=tag-resource`. */
  readonly requestUri: string
  /** 200 where the model states none. */
  readonly successStatus: number
  /** Wire names of the exceptions that this operation may answer. */
  readonly errors: ReadonlySet<string>
  readonly errorDetails: ReadonlyMap<string, CompiledError>
  readonly input: StructureShape | undefined
  readonly output: StructureShape | undefined
  /** The element around the output's members; of the query protocol only. */
  readonly resultWrapper: string | undefined
  readonly uriMembers: readonly Member[]
  readonly queryMembers: readonly Member[]
  readonly headerMembers: readonly Member[]
  readonly bodyMembers: readonly Member[]
  /** Lower-case names of the headers that the input requires. */
  readonly requiredHeaders: ReadonlySet<string>
  /** Names of input and output members, at any depth, that must not be logged. */
  readonly sensitiveMembers: ReadonlySet<string>
  /** Body of a success; see encodeOutput, and encodeQueryAnswer for what stands around XML. */
  readonly encodeBody: (output: unknown) => string
}

/** All operations of the four services. */
export interface Models {
  readonly operations: readonly CompiledOperation[]
  /** Throws AssertionError when the service has no such operation. */
  operation(service: ServiceName, name: string): CompiledOperation
  /** HTTP status of a modelled exception, undefined when no model has it. */
  errorStatus(wireName: string): number | undefined
}
