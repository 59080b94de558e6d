public import Document

/// What the API server asks a webhook: the `request` of an `admission.k8s.io/v1 AdmissionReview`.
///
/// The envelope is read from the token tape of the body; ``object`` and ``oldObject`` stay there until somebody asks for
/// their values, so that a request that concerns nobody costs one scan and no tree.
public struct AdmissionRequest: Sendable {
    /// What is being done to the object.
    public enum Operation: String, Sendable, Hashable, CaseIterable {
        /// A new object; there is no old one.
        case create = "CREATE"
        /// A changed object, with the stored one beside it. Patches, applies and replaces all arrive as this.
        case update = "UPDATE"
        /// An object is deleted: only the old one is there.
        case delete = "DELETE"
        /// A connection, `exec` or `proxy` say: the object holds its options.
        case connect = "CONNECT"
    }

    /// Identifies this one call; the response must repeat it.
    public let uid: String
    /// The kind of ``object``: what the webhook has been registered for, though the client may have used another version.
    public let kind: ResourceKind
    /// The plural resource name, `statefulsets` say; empty where the request does not tell.
    public let resource: String
    /// The sub-resource, `scale` or `status` say; nil for the object itself.
    public let subResource: String?
    /// The object's name; nil on CREATE with `generateName`, when there is none yet.
    public let name: String?
    /// The object's namespace; nil for what has none.
    public let namespace: String?
    /// What is being done.
    public let operation: Operation
    /// The user who does it; empty where the request does not tell.
    public let userName: String
    /// Whether nothing will be stored: then a webhook must have no side effects. Absent means false.
    public let isDryRun: Bool
    /// The object as it shall become; nil on DELETE.
    public let object: JSONNode?
    /// The object as it is stored; nil on CREATE and CONNECT.
    public let oldObject: JSONNode?
}

extension AdmissionRequest {
    /// Reads the body of a webhook call.
    ///
    /// - Throws: ``AdmissionReviewError``, with the place of the fault.
    public init(reading body: [UInt8], limits: JSONLimits = .default) throws(AdmissionReviewError) {
        guard body.contains(where: { !" \t\r\n".utf8.contains($0) }) else {
            throw AdmissionReviewError(
                code: .empty,
                path: "",
                problem: "the request has no body",
                remedy: "send an admission.k8s.io/v1 AdmissionReview as JSON"
            )
        }
        let tape: JSONTape
        do {
            tape = try JSONTape(parsing: body, limits: limits)
        } catch {
            throw AdmissionReviewError(
                code: .notJSON,
                path: "",
                position: AdmissionReviewError.Position(offset: error.offset, in: body),
                problem: "the body is not JSON that this server reads: found \(error.found)",
                remedy: "expected \(error.expected)"
            )
        }
        try self.init(AdmissionReviewReader(tape: tape, body: body))
    }

    private init(_ reader: AdmissionReviewReader) throws(AdmissionReviewError) {
        let request = try reader.request()
        uid = try reader.requiredString("uid", of: request, at: "request")
        operation = try reader.operation(of: request)
        let kind = try reader.requiredObject("kind", of: request, at: "request")
        self.kind = ResourceKind(
            group: try reader.optionalString("group", of: kind, at: "request.kind") ?? "",
            version: try reader.requiredString("version", of: kind, at: "request.kind"),
            kind: try reader.requiredString("kind", of: kind, at: "request.kind")
        )
        if let resource = try reader.optionalObject("resource", of: request, at: "request") {
            self.resource = try reader.optionalString("resource", of: resource, at: "request.resource") ?? ""
        } else {
            resource = ""
        }
        subResource = try reader.optionalString("subResource", of: request, at: "request")
        name = try reader.optionalString("name", of: request, at: "request")
        namespace = try reader.optionalString("namespace", of: request, at: "request")
        if let user = try reader.optionalObject("userInfo", of: request, at: "request") {
            userName = try reader.optionalString("username", of: user, at: "request.userInfo") ?? ""
        } else {
            userName = ""
        }
        isDryRun = try reader.optionalBool("dryRun", of: request, at: "request") ?? false
        let object = try reader.optionalObject("object", of: request, at: "request")
        let oldObject = try reader.optionalObject("oldObject", of: request, at: "request")
        if object == nil, operation == .create || operation == .update {
            throw reader.missing("object", of: request, at: "request")
        }
        if oldObject == nil, operation == .update {
            throw reader.missing("oldObject", of: request, at: "request")
        }
        self.object = object
        self.oldObject = oldObject
    }

    /// `namespace/name` for messages and logs; on CREATE with `generateName`, what will generate the name.
    public var displayName: String {
        let own: String
        if let name {
            own = name
        } else if let prefix = object?["metadata"]?["generateName"]?.string, !prefix.isEmpty {
            own = "\(prefix)…"
        } else {
            own = "(unnamed)"
        }
        return namespace.map { "\($0)/\(own)" } ?? own
    }
}
