package io.osmanthus.http;

/**
 * Everything that is refused: the one table from a client's error to its status (RFC 9457). {@code type} is {@code
 * /problems/} and the word; details are fixed sentences, so that none can repeat what a client sent.
 */
enum Problem {
    MALFORMED(400, "malformed", "Malformed request", "The request could not be understood as this route's input."),
    UNAUTHENTICATED(
            401, "unauthenticated", "Not authenticated", "A valid credential is needed: Authorization: Bearer."),
    CERTIFICATE_NEEDED(
            401,
            "certificate-needed",
            "Client certificate needed",
            "This key holds only together with the client certificate that it is bound to."),
    FORBIDDEN(403, "forbidden", "Not permitted", "The credential is valid, but not for this."),
    SUSPENDED(
            403,
            "client-suspended",
            "Client suspended",
            "It went on asking beyond its budget; an operator can lift it."),
    NOT_FOUND(404, "not-found", "Not found", "There is nothing here."),
    NOT_ENROLLED(404, "not-enrolled", "Not enrolled", "You are not enrolled: nothing about you is held here."),
    METHOD_NOT_ALLOWED(405, "method-not-allowed", "Method not allowed", "The methods of this path stand in Allow."),
    NOT_ACCEPTABLE(406, "not-acceptable", "Not acceptable", "This route answers no type that Accept lets through."),
    KEY_REUSED(409, "idempotency-conflict", "Key used before", "The Idempotency-Key was used with another body."),
    CASE_CONFLICT(409, "case-conflict", "Not possible for this case", "As the case stands this cannot be done."),
    CASE_MOVED_ON(
            412, "case-moved-on", "The case has moved on", "If-Match does not name the case as it is: read it again."),
    IF_MATCH_NEEDED(428, "if-match-needed", "If-Match is needed", "A case is moved by who has read it: give its ETag."),
    TIMEOUT(408, "timeout", "Request timed out", "The request did not arrive in time."),
    SNAPSHOT_REFUSED(
            409, "snapshot-refused", "Snapshot not accepted", "It is not as published and trusted, or did not load."),
    KEYS_DIFFER(409, "keys-differ", "Not to be compared", "The snapshots were built under different pseudonym keys."),
    BODY_TOO_LARGE(413, "body-too-large", "Body too large", "The body is larger than the limit."),
    URI_TOO_LONG(414, "uri-too-long", "URI too long", "The request line is longer than the limit."),
    MEDIA_TYPE(
            415, "unsupported-media-type", "Unsupported media type", "The body must be application/json, unencoded."),
    CONFIGURATION_REFUSED(
            422,
            "configuration-refused",
            "Configuration refused",
            "Nothing has changed: every finding stands in errors."),
    UNPROCESSABLE(
            422, "unprocessable", "Not acceptable content", "The request was understood, but cannot be accepted."),
    TOO_FAST(429, "too-many-requests", "Too many requests", "Wait as long as Retry-After says."),
    BUDGET_SPENT(429, "daily-budget-spent", "Daily budget spent", "The client's subjects of today are used up."),
    HEADERS_TOO_LARGE(431, "headers-too-large", "Headers too large", "The header fields are larger than the limit."),
    INTERNAL(500, "internal", "Internal error", "The server failed. The instance names the failure in the log."),
    NOT_READY(503, "not-ready", "Not ready", "No facts are loaded yet, or the server is going down."),
    LEDGER_AWAY(
            503, "ledger-away", "No writing now", "The ledger cannot be written; nothing is known to have changed."),
    NOT_VOUCHED(
            503,
            "consents-not-vouched",
            "No answers about persons",
            "The ledger was not heard: consents are not known."),
    NOT_REACHED(503, "position-not-reached", "Not there yet", "The position asked for has not been reached here."),
    NO_TRAIL(
            503,
            "no-trail",
            "No access trail",
            "Nothing about persons is answered until the access trail can be written."),
    OVERLOADED(503, "overloaded", "Overloaded", "Too much work is waiting.");

    private final int status;
    private final String word;
    private final String title;
    private final String detail;

    Problem(int status, String word, String title, String detail) {
        this.status = status;
        this.word = word;
        this.title = title;
        this.detail = detail;
    }

    int status() {
        return status;
    }

    /** The word in metrics. */
    String word() {
        return word;
    }

    String type() {
        return "/problems/" + word;
    }

    String title() {
        return title;
    }

    String detail() {
        return detail;
    }

    /** One fault of a body: where (RFC 6901 JSON pointer) and what. Fixed words, never the client's. */
    record Fault(String pointer, String detail) {}
}
