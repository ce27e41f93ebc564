// Cases of AWS's rest-json protocol tests that do not apply to this server, by reason. The test
// holds each of them to really not passing, so that the list cannot hide a case that would.

/** One reason with the ids of its cases. */
export interface ProtocolExclusion {
  readonly reason: string
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
}

export const PROTOCOL_EXCLUSIONS: readonly ProtocolExclusion[] = [
  {
    reason: 'Lists, maps or HTTP dates in query or headers; no model has them.',
    inputs: [
      'RestJsonQueryStringMap',
      'RestJsonInputAndOutputWithQuotedStringHeaders',
      'RestJsonInputAndOutputWithTimestampHeaders',
      'RestJsonOmitsEmptyListQueryValues',
    ],
    outputs: [],
  },
  {
    reason: 'Floating-point numbers; no model has them.',
    inputs: [
      'RestJsonSupportsNaNFloatQueryValues',
      'RestJsonSupportsInfinityFloatQueryValues',
      'RestJsonSupportsNegativeInfinityFloatQueryValues',
      'RestJsonSupportsNaNFloatLabels',
      'RestJsonSupportsInfinityFloatLabels',
      'RestJsonSupportsNegativeInfinityFloatLabels',
      'RestJsonSupportsNaNFloatHeaderInputs',
      'RestJsonSupportsInfinityFloatHeaderInputs',
      'RestJsonSupportsNegativeInfinityFloatHeaderInputs',
      'RestJsonSupportsNaNFloatInputs',
      'RestJsonSupportsInfinityFloatInputs',
      'RestJsonSupportsNegativeInfinityFloatInputs',
    ],
    outputs: [
      'RestJsonSupportsNaNFloatHeaderOutputs',
      'RestJsonSupportsInfinityFloatHeaderOutputs',
      'RestJsonSupportsNegativeInfinityFloatHeaderOutputs',
      'RestJsonSupportsNaNFloatInputs',
      'RestJsonSupportsInfinityFloatInputs',
      'RestJsonSupportsNegativeInfinityFloatInputs',
    ],
  },
  {
    reason: 'Documents of free form; no model has them.',
    inputs: ['DocumentTypeAsMapValueInput'],
    outputs: ['DocumentTypeAsMapValueOutput'],
  },
  {
    reason: 'A member is the whole body; no model has that.',
    inputs: [
      'DocumentTypeAsPayloadInput',
      'DocumentTypeAsPayloadInputString',
      'RestJsonEnumPayloadRequest',
      'RestJsonHttpPayloadTraitsWithBlob',
      'RestJsonHttpPayloadTraitsWithNoBlobBody',
      'RestJsonHttpPayloadWithStructure',
      'RestJsonHttpPayloadWithUnion',
      'RestJsonHttpPayloadWithUnsetUnion',
      'RestJsonStringPayloadRequest',
      'RestJsonHttpWithEmptyBlobPayload',
      'RestJsonTestPayloadBlob',
      'RestJsonHttpWithEmptyStructurePayload',
      'RestJsonTestPayloadStructure',
      'RestJsonHttpWithHeadersButNoPayload',
    ],
    outputs: [
      'DocumentTypeAsPayloadOutput',
      'DocumentTypeAsPayloadOutputString',
      'RestJsonEnumPayloadResponse',
      'RestJsonHttpPayloadTraitsWithBlob',
      'RestJsonHttpPayloadTraitsWithNoBlobBody',
      'RestJsonHttpPayloadWithStructure',
      'RestJsonHttpPayloadWithUnion',
      'RestJsonHttpPayloadWithUnsetUnion',
      'RestJsonStringPayloadResponse',
    ],
  },
  {
    reason: 'A client matter: an endpoint below a path.',
    inputs: ['RestJsonHostWithPath'],
    outputs: [],
  },
  {
    reason: 'Headers of a common prefix as a map; no model has them.',
    inputs: ['RestJsonHttpPrefixEmptyHeaders'],
    outputs: ['RestJsonHttpPrefixHeadersArePresent', 'HttpPrefixHeadersResponse'],
  },
  {
    reason: 'Labels that span segments; no model has them.',
    inputs: ['RestJsonHttpRequestWithGreedyLabelInPath'],
    outputs: [],
  },
  {
    reason: 'Blobs; no model has them.',
    inputs: ['RestJsonJsonBlobs', 'RestJsonSerializeBlobUnionValue'],
    outputs: ['RestJsonJsonBlobs', 'RestJsonDeserializeBlobUnionValue'],
  },
  {
    reason: 'HTTP dates; no model has them.',
    inputs: [
      'RestJsonJsonTimestampsWithHttpDateFormat',
      'RestJsonJsonTimestampsWithHttpDateOnTargetFormat',
    ],
    outputs: [
      'RestJsonJsonTimestampsWithHttpDateFormat',
      'RestJsonJsonTimestampsWithHttpDateOnTargetFormat',
    ],
  },
  {
    reason: 'JSON inside a header; no model has that.',
    inputs: ['MediaTypeHeaderInputBase64'],
    outputs: ['MediaTypeHeaderOutputBase64'],
  },
  {
    reason: 'A client matter: compressed requests, which no model asks for.',
    inputs: [
      'SDKAppliedContentEncoding_restJson1',
      'SDKAppendedGzipAfterProvidedEncoding_restJson1',
    ],
    outputs: [],
  },
  {
    reason: 'Instants in bodies are epoch seconds; no model asks for another form.',
    inputs: [],
    outputs: [
      'RestJsonDateTimeWithNegativeOffset',
      'RestJsonDateTimeWithPositiveOffset',
      'RestJsonDateTimeWithFractionalSeconds',
      'RestJsonJsonTimestampsWithDateTimeFormat',
      'RestJsonJsonTimestampsWithDateTimeOnTargetFormat',
    ],
  },
  {
    reason: 'Output outside the body; no model has that.',
    inputs: [],
    outputs: [
      'RestJsonGreetingWithErrors',
      'RestJsonGreetingWithErrorsNoPayload',
      'RestJsonHttpResponseCode',
      'RestJsonHttpResponseCodeWithNoPayload',
      'RestJsonInputAndOutputWithStringHeaders',
      'RestJsonInputAndOutputWithQuotedStringHeaders',
      'RestJsonInputAndOutputWithNumericHeaders',
      'RestJsonInputAndOutputWithBooleanHeaders',
      'RestJsonInputAndOutputWithTimestampHeaders',
      'RestJsonInputAndOutputWithEnumHeaders',
      'RestJsonInputAndOutputWithIntEnumHeaders',
      'RestJsonTimestampFormatHeaders',
    ],
  },
  {
    reason:
      'Other spellings of an error name, which clients must read and this server does not write.',
    inputs: [],
    outputs: [
      'RestJsonFooErrorUsingXAmznErrorTypeWithUri',
      'RestJsonFooErrorUsingXAmznErrorTypeWithUriAndNamespace',
      'RestJsonFooErrorUsingCode',
      'RestJsonFooErrorUsingCodeAndNamespace',
      'RestJsonFooErrorUsingCodeUriAndNamespace',
      'RestJsonFooErrorWithDunderType',
      'RestJsonFooErrorWithDunderTypeAndNamespace',
      'RestJsonFooErrorWithDunderTypeUriAndNamespace',
    ],
  },
  {
    reason: 'Errors with members of their own; no model has them.',
    inputs: [],
    outputs: ['RestJsonComplexErrorWithNoMessage'],
  },
  {
    reason: 'What clients must tolerate and this server does not write.',
    inputs: [],
    outputs: [
      'RestJsonDeserializesDenseSetMapAndSkipsNull',
      'RestJsonDeserializeIgnoreType',
      'RestJsonDoesntDeserializeNullStructureValues',
    ],
  },
]
