// How sure the rule behind a conformance case is.
// Apart from conformance-case.ts, so that tools can read it without a test runner.

/**
 * How sure the rule is: `model` = the service model, `doc` = AWS's documents, `code` = AWS's own
 * clients, `field` = seen on the live service, `inferred` and `proposed` = our reading of silence.
 */
export const EVIDENCES = ['model', 'doc', 'code', 'field', 'inferred', 'proposed'] as const
export type Evidence = (typeof EVIDENCES)[number]
