// Cases of AWS's query protocol tests that do not apply to this server, by reason; held to really
// not passing like those of protocol-exclusions.ts.
import type { ProtocolExclusion } from './protocol-exclusions.ts'

export const QUERY_EXCLUSIONS: readonly ProtocolExclusion[] = [
  {
    reason: 'A client matter: an endpoint below a path.',
    inputs: ['QueryHostWithPath'],
    outputs: [],
  },
  {
    reason: 'A client matter: compressed requests, which no model asks for.',
    inputs: [
      'SDKAppliedContentEncoding_awsQuery',
      'SDKAppendsGzipAndIgnoresHttpProvidedEncoding_awsQuery',
    ],
    outputs: [],
  },
  {
    reason: 'Flattened lists; no model has them.',
    inputs: ['FlattenedQueryLists', 'QueryFlattenedListArgWithXmlName'],
    outputs: [],
  },
  {
    reason: 'Maps; no model of a query API has them.',
    inputs: [
      'QuerySimpleQueryMaps',
      'QuerySimpleQueryMapsWithXmlName',
      'QueryComplexQueryMaps',
      'QueryEmptyQueryMaps',
      'QueryQueryMapWithMemberXmlName',
      'QueryFlattenedQueryMaps',
      'QueryFlattenedQueryMapsWithXmlName',
      'QueryQueryMapOfLists',
      'QueryNestedStructWithMap',
    ],
    outputs: [
      'QueryQueryFlattenedXmlMap',
      'QueryQueryFlattenedXmlMapWithXmlName',
      'QueryQueryFlattenedXmlMapWithXmlNamespace',
      'QueryXmlEmptyMaps',
      'QueryXmlEmptySelfClosedMaps',
      'QueryXmlMaps',
      'QueryQueryXmlMapsXmlName',
    ],
  },
  {
    reason: 'Floating-point numbers; no model has them.',
    inputs: [
      'QuerySimpleInputParamsFloat',
      'AwsQuerySupportsNaNFloatInputs',
      'AwsQuerySupportsInfinityFloatInputs',
      'AwsQuerySupportsNegativeInfinityFloatInputs',
    ],
    outputs: [
      'AwsQuerySupportsNaNFloatOutputs',
      'AwsQuerySupportsInfinityFloatOutputs',
      'AwsQuerySupportsNegativeInfinityFloatOutputs',
    ],
  },
  {
    reason: 'Blobs; no model has them.',
    inputs: ['QuerySimpleInputParamsBlob'],
    outputs: ['QueryXmlBlobs', 'QueryXmlEmptyBlobs', 'QueryXmlEmptySelfClosedBlobs'],
  },
  {
    reason:
      'Other spellings of an instant, which clients must read and this server does not write.',
    inputs: [],
    outputs: [
      'AwsQueryDateTimeWithNegativeOffset',
      'AwsQueryDateTimeWithPositiveOffset',
      'QueryXmlTimestampsWithEpochSecondsFormat',
      'QueryXmlTimestampsWithEpochSecondsOnTargetFormat',
      'QueryXmlTimestampsWithHttpDateFormat',
      'QueryXmlTimestampsWithHttpDateOnTargetFormat',
    ],
  },
  {
    reason: 'Namespaces of single elements; no model has them.',
    inputs: [],
    outputs: ['QueryXmlNamespaces'],
  },
  {
    reason: 'Errors with members of their own; no model has them.',
    inputs: [],
    outputs: ['QueryComplexError'],
  },
]
