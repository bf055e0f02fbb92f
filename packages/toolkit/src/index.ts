export { readAccessToken, unusableCredentials } from './access-token.js';
export { Bag } from './bag.js';
export { asBuffer } from './bytes.js';
export { editCallBody, parseCallBody } from './call-body.js';
export { canonicalJson } from './canonical-json.js';
export { droppedExtensions, extensionsFor, namedTools, nativeExtensions, untranslatable } from './adjust.js';
export { classifyReported, classifyStatus } from './classify-status.js';
export { writeErrorHeaders } from './error-headers.js';
export { audioFormatOf } from './audio-format.js';
export { imageTypeOf } from './image-type.js';
export { withDeadline } from './deadline.js';
export { durationMs } from './duration.js';
export { endpoint } from './endpoint.js';
export { FleetingMap } from './fleeting-map.js';
export { given } from './given.js';
export { toMicroUsd } from './micro-usd.js';
export { readInlineImage } from './inline-image.js';
export {
  decodeText,
  isExactNumber,
  isJsonObject,
  isNumbers,
  parseExact,
  parseUpstreamJson,
  toText,
  tryParseExact,
  tryParseJson,
} from './json.js';
export { parseGuarded } from './json-guard.js';
export { jsonHeaders, withBearerToken } from './json-call.js';
export { addTopLevel, editItems, editTopLevel, removeMember, setTopLevel } from './json-edit.js';
export { isSealed, readSealed, writeSealed } from './sealed-state.js';
export { sliceJson } from './json-slice.js';
export { adjusted, changed, dropped, droppedAsides, droppedFields, isSystemMoved } from './losses.js';
export { writeForm } from './multipart.js';
export { boundaryOf, readForm } from './read-form.js';
export { createLineReader } from './ndjson.js';
export { NO_FEATURES } from './no-features.js';
export { isOutOfRange, valueAt, writeParam } from './schema-issue.js';
export { findRefusedName } from './refused-names.js';
export { hasParameter, withoutParameters } from './parameters.js';
export { nearestRatio, ratioOf, readPictureSize } from './picture-size.js';
export { createRecogniser, pickHeaders } from './raw-endpoints.js';
export { Patience, Waiters, sleepNow } from './patience.js';
export { parseRetryAfter } from './retry-after.js';
export { createScrubber } from './scrubber.js';
export { createSealer, derivePurposeKey } from './sealed-secret.js';
export { asCount, asList, asObjects, asText, isCount, isText } from './tolerant.js';
export { UNSAFE_URL, isSafeImageUrl, isSafeSource, isSafeUrl, isUnsafeUrl } from './safe-url.js';
export { redactSecrets, safeMessage } from './safe-message.js';
export { createSpendRepository } from './spend-repository.js';
export { MAX_FRAME_CHARS, createFrameReader, writeFrame } from './sse.js';
export { isStandardTier } from './standard-tier.js';
export { createStreamScanner } from './stream-scanner.js';
export { AccessTokenSource } from './access-token-source.js';
export { Turns } from './turns.js';
export { untilAborted } from './until-aborted.js';
export { WhenIdle } from './when-idle.js';
export { matchesWildcard } from './wildcard.js';
export { withoutNulls } from './without-nulls.js';
export type { Bagged } from './bag.js';
export type { Deadline } from './deadline.js';
export type { Scrubber } from './scrubber.js';
export type { Sealer, SealerOptions } from './sealed-secret.js';
export type { NativeExtensions } from './adjust.js';
export type { FormField, WrittenForm } from './multipart.js';
export type { BodyEdit, ParsedCallBody } from './call-body.js';
export type { InlineImage } from './inline-image.js';
export type { PictureSize } from './picture-size.js';
export type { VendorError } from './classify-status.js';
export type { Aside } from './losses.js';
export type { FrameVerdict, ScanRules } from './stream-scanner.js';
export type { RawEndpoint } from './raw-endpoints.js';
export type { SealedState } from './sealed-state.js';
export type { AccessToken, MintAccessToken } from './access-token-source.js';
export type { SpendColumns } from './spend-columns.js';
export type { SpendReading, SpendSource } from './spend-repository.js';
export type { SpendDialect, SpendStatement } from './spend-sql.js';
export type { TurnsOptions } from './turns.js';
export type { Writable } from './writable.js';
