public import Document

/// `v1 Status`: how the API says that something failed, to people and to programs.
///
/// Source: `k8s.io/apimachinery/pkg/apis/meta/v1` types.go, `Status`.
public struct APIStatus: Sendable, Hashable {
    /// One reason among several, bound to a field. kubectl prints causes as `field: message`, one a line, and leaves the
    /// status's own message out when there are any.
    public struct Cause: Sendable, Hashable {
        /// The machine-readable kind of cause.
        public var reason: CauseReason
        /// What is wrong, for people, without the field.
        public var message: String
        /// The path of the field as the API server writes it, `spec.template.spec.containers[0].name` say; may be empty.
        public var field: String

        /// Makes a cause from its parts.
        public init(_ reason: CauseReason, field: String, message: String) {
            self.reason = reason
            self.field = field
            self.message = message
        }
    }

    /// Machine-readable kinds of cause, as `metav1.CauseType` spells them.
    public enum CauseReason: String, Sendable, Hashable {
        /// A value that must be there is not.
        case fieldValueRequired = "FieldValueRequired"
        /// A value is malformed, out of range or forbidden in its place.
        case fieldValueInvalid = "FieldValueInvalid"
    }

    /// Machine-readable reasons that this program gives, as `metav1.StatusReason` spells them.
    public enum Reason: String, Sendable, Hashable {
        /// 400: the request itself makes no sense.
        case badRequest = "BadRequest"
        /// 403: refused whatever the object says.
        case forbidden = "Forbidden"
        /// 404: no such path.
        case notFound = "NotFound"
        /// 405: another method is meant.
        case methodNotAllowed = "MethodNotAllowed"
        /// 413: the body is longer than the server reads.
        case requestEntityTooLarge = "RequestEntityTooLarge"
        /// 415: the body is of a kind that the server does not read.
        case unsupportedMediaType = "UnsupportedMediaType"
        /// 422: the object is not valid; see the causes.
        case invalid = "Invalid"
        /// 500: a fault of this program.
        case internalError = "InternalError"
    }

    /// The HTTP status that fits, 400 to 599.
    public var code: Int
    /// The machine-readable reason.
    public var reason: Reason
    /// The whole story for people.
    public var message: String
    /// The object's kind, for `details`; nil leaves it out.
    public var kind: ResourceKind?
    /// The object's name, for `details`; nil leaves it out.
    public var name: String?
    /// What is wrong field by field.
    public var causes: [Cause]

    /// Makes a failure from its parts.
    public init(
        code: Int,
        reason: Reason,
        message: String,
        kind: ResourceKind? = nil,
        name: String? = nil,
        causes: [Cause] = []
    ) {
        self.code = code
        self.reason = reason
        self.message = message
        self.kind = kind
        self.name = name
        self.causes = causes
    }

    /// The object as the API transmits it, `apiVersion` and `kind` included.
    public var jsonValue: JSONValue {
        var status: JSONObject = [
            "apiVersion": .string(ResourceKind.status.apiVersion),
            "kind": .string(ResourceKind.status.kind),
            "metadata": [:],
            "status": "Failure",
            "message": .string(message),
            "reason": .string(reason.rawValue),
        ]
        if let details { status["details"] = .object(details) }
        status["code"] = .integer(Int64(code))
        return .object(status)
    }

    private var details: JSONObject? {
        var details = JSONObject()
        if let name, !name.isEmpty { details["name"] = .string(name) }
        if let kind {
            if !kind.group.isEmpty { details["group"] = .string(kind.group) }
            details["kind"] = .string(kind.kind)
        }
        if !causes.isEmpty {
            details["causes"] = .array(
                causes.map { cause in
                    var entry: JSONObject = [
                        "reason": .string(cause.reason.rawValue), "message": .string(cause.message),
                    ]
                    if !cause.field.isEmpty { entry["field"] = .string(cause.field) }
                    return .object(entry)
                }
            )
        }
        return details.isEmpty ? nil : details
    }
}
