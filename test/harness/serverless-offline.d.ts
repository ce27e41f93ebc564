// The part of serverless-offline that the tests run, which comes without types.
declare module 'serverless-offline/lambda' {
  interface FunctionDefinition {
    readonly handler: string
    readonly name: string
    readonly environment: Readonly<Record<string, string>>
  }

  /** Lambda's Invoke API, and workers that run the functions. */
  export default class Lambda {
    constructor(serverless: object, options: object)
    create(
      functions: readonly {
        readonly functionKey: string
        readonly functionDefinition: FunctionDefinition
      }[],
    ): void
    start(): Promise<void>
    stop(timeoutMs: number): Promise<void>
    cleanup(): Promise<void>
  }
}
