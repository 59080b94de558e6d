import Document

/// A `v1 Status` as the API server answers it when it refuses.
///
/// Source: `k8s.io/apimachinery/pkg/apis/meta/v1` types.go, `Status`. Unlike `APIStatus`, which this program writes, it
/// holds whatever reason the server has.
public struct ServerStatus: Sendable, Hashable {
    /// One reason among several, bound to a field.
    public struct Cause: Sendable, Hashable {
        /// `FieldValueInvalid` and so on.
        public var reason: String
        /// What is wrong, for people.
        public var message: String
        /// The path of the field; may be empty.
        public var field: String
    }

    /// The HTTP status.
    public var code: Int
    /// `NotFound`, `AlreadyExists` and so on; empty where the server gave none.
    public var reason: String
    /// The whole story for people.
    public var message: String
    /// The name of the object that it is about; empty where the server named none.
    public var name: String
    /// The resource, or kind, that it is about; empty where the server named none.
    public var kind: String
    /// What is wrong field by field.
    public var causes: [Cause]
    /// How long the server asks us to wait; nil if it does not.
    public var retryAfter: Duration?

    /// Makes a status from its parts, as tests need it.
    public init(
        code: Int,
        reason: String = "",
        message: String,
        name: String = "",
        kind: String = "",
        causes: [Cause] = [],
        retryAfter: Duration? = nil
    ) {
        self.code = code
        self.reason = reason
        self.message = message
        self.name = name
        self.kind = kind
        self.causes = causes
        self.retryAfter = retryAfter
    }

    /// Reads a Status object, in an answer or in an ERROR event of a watch. What is no Status gives one without reason:
    /// proxies answer in their own words.
    ///
    /// - Parameters:
    ///   - object: the body, if it is JSON.
    ///   - code: the HTTP status; that of the object counts only where there is none (0).
    ///   - text: what to say where the body says nothing.
    ///   - retryAfter: the value of `Retry-After`.
    init(_ object: JSONValue?, code: Int, text: String, retryAfter: Duration? = nil) {
        let status = object?["kind"]?.stringValue == "Status" ? object : nil
        let details = status?["details"]
        let seconds = details?["retryAfterSeconds"]?.integerValue.flatMap { $0 > 0 ? Duration.seconds($0) : nil }
        let causes = details?["causes"]?.arrayValue ?? []
        self.init(
            code: code > 0 ? code : Int(clamping: status?["code"]?.integerValue ?? 0),
            reason: status?["reason"]?.stringValue ?? "",
            message: status?["message"]?.stringValue ?? text,
            name: details?["name"]?.stringValue ?? "",
            kind: details?["kind"]?.stringValue ?? "",
            causes: causes.map {
                Cause(
                    reason: $0["reason"]?.stringValue ?? "",
                    message: $0["message"]?.stringValue ?? "",
                    field: $0["field"]?.stringValue ?? ""
                )
            },
            retryAfter: retryAfter ?? seconds
        )
    }
}
