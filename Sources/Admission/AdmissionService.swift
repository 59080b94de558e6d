import Document
public import HTTP
import Kubernetes
public import Logging
import Transport

/// The two webhooks behind HTTP: `POST /mutate` and `POST /validate`.
///
/// Whatever has a uid is answered by a review with that uid and status 200; what has none is answered by a `v1 Status` that
/// says what is wrong and where. One line is logged and one request counted for each; of the objects themselves nothing is
/// logged but kind, namespace and name.
public struct AdmissionService: Sendable {
    /// The two webhooks.
    public enum Webhook: String, Sendable, Hashable, CaseIterable {
        /// The mutating one.
        case mutate = "mutate"
        /// The validating one.
        case validate = "validate"

        /// Where it listens.
        public var path: String { "/\(rawValue)" }
    }

    private let reviewer: Reviewer
    private let metrics: AdmissionMetrics
    private let logger: Logger
    private let limits: JSONLimits
    private let clients: Set<String>
    private let clock = ContinuousClock()

    /// Puts webhooks behind HTTP.
    ///
    /// - Parameters:
    ///   - bodyLimit: the longest body that is read, in bytes; the server's own limit answers 413 before.
    ///   - clients: the common names in client certificates that are answered; empty for everybody whom TLS lets in.
    public init(
        reviewer: Reviewer,
        metrics: AdmissionMetrics,
        logger: Logger,
        bodyLimit: Int,
        clients: Set<String> = []
    ) {
        self.reviewer = reviewer
        self.clients = clients
        self.metrics = metrics
        self.logger = logger
        limits = JSONLimits(bytes: bodyLimit)
    }

    /// Answers one request. It does not suspend: a review is a function of the body.
    public func respond(to request: HTTPRequest) -> HTTPResponse {
        let start = clock.now
        guard clients.isEmpty || clients.contains(request.tls?.peerCommonName ?? "") else {
            return rejection(nil, .client, status: Self.forbidden(request.tls?.peerCommonName))
        }
        guard let webhook = Webhook.allCases.first(where: { $0.path == request.path }) else {
            return rejection(nil, .notFound, status: Self.notFound(request.path))
        }
        guard request.method == .post else {
            return rejection(webhook, .method, status: Self.methodNotAllowed(request.method, webhook))
        }
        guard MediaType.isJSON(request.fields["Content-Type"]) else {
            return rejection(webhook, .mediaType, status: Self.unsupportedMediaType(request.fields["Content-Type"]))
        }
        let admission: AdmissionRequest
        do {
            admission = try AdmissionRequest(reading: request.body, limits: limits)
        } catch {
            return rejection(webhook, .review(error.code), status: error.status)
        }
        let review = webhook == .mutate ? reviewer.mutate(admission) : reviewer.validate(admission)
        let response = HTTPResponse.json(.ok, review.response.serialized())
        let duration = start.duration(to: clock.now)
        metrics.count(review, of: admission, webhook, duration)
        log(review, of: admission, webhook, duration)
        return response
    }

    private func rejection(_ webhook: Webhook?, _ rejection: Rejection, status: APIStatus) -> HTTPResponse {
        metrics.count(rejection)
        logger.notice(
            "request rejected",
            metadata: [
                "webhook": .string(webhook?.rawValue ?? "none"), "code": .stringConvertible(status.code),
                "rejection": .string(rejection.label), "reason": .string(status.message),
            ]
        )
        var response = HTTPResponse.json(HTTPStatus(status.code), status.jsonValue.serialized())
        if rejection == .method { response.fields["Allow"] = "POST" }
        return response
    }

    private func log(_ review: Review, of request: AdmissionRequest, _ webhook: Webhook, _ duration: Duration) {
        var metadata: Logger.Metadata = [
            "webhook": .string(webhook.rawValue),
            // The API server bounds these; whoever else gets through to here does not.
            "kind": .string(AdmissionWarnings.shortened(request.kind.kind, to: 64)),
            "object": .string(AdmissionWarnings.shortened(request.displayName, to: 512)),
            "operation": .string(request.operation.rawValue),
            "verdict": .string(review.verdict.rawValue),
            "uid": .string(AdmissionWarnings.shortened(request.uid, to: 64)),
            "dry_run": .stringConvertible(request.isDryRun),
            "patch_operations": .stringConvertible(review.response.patch?.operations.count ?? 0),
            "warnings": .stringConvertible(review.response.warnings.count),
            "duration_ms": .stringConvertible(duration.milliseconds),
        ]
        if let subResource = request.subResource {
            metadata["sub_resource"] = .string(AdmissionWarnings.shortened(subResource, to: 64))
        }
        if let denial = review.response.denial {
            let fields = denial.causes.map(\.field).joined(separator: " ")
            metadata["fields"] = .string(AdmissionWarnings.shortened(fields, to: 512))
        }
        guard let fault = review.fault else {
            logger.log(level: review.verdict == .refused ? .notice : .info, "admission", metadata: metadata)
            return
        }
        metadata["fault"] = .string(fault.description)
        logger.error("admission failed", metadata: metadata)
    }
}

extension AdmissionService {
    private static func forbidden(_ name: String?) -> APIStatus {
        let found = name.map { "\"\(AdmissionWarnings.shortened($0, to: 64))\" is none of the clients" }
        return APIStatus(
            code: 403,
            reason: .forbidden,
            message: "\(found ?? "a client without a certificate is none of those") that this server answers"
        )
    }

    private static func notFound(_ path: String) -> APIStatus {
        let paths = Webhook.allCases.map(\.path).joined(separator: " and ")
        let asked = AdmissionWarnings.shortened(path, to: 128)
        return APIStatus(
            code: 404,
            reason: .notFound,
            message: "there is nothing at \(asked): this server has \(paths)"
        )
    }

    private static func methodNotAllowed(_ method: HTTPMethod, _ webhook: Webhook) -> APIStatus {
        let asked = AdmissionWarnings.shortened(method.rawValue, to: 32)
        return APIStatus(
            code: 405,
            reason: .methodNotAllowed,
            message: "\(webhook.path) does not take \(asked): POST an AdmissionReview"
        )
    }

    private static func unsupportedMediaType(_ type: String?) -> APIStatus {
        let found = type.map { "the content type is \(AdmissionWarnings.shortened($0, to: 128))" }
        return APIStatus(
            code: 415,
            reason: .unsupportedMediaType,
            message: "\(found ?? "there is no content type"): send application/json"
        )
    }
}

/// Why a request never became a review: a closed set, so that it can label a metric.
enum Rejection: Hashable {
    case client
    case notFound
    case method
    case mediaType
    case review(AdmissionReviewError.Code)

    var label: String {
        switch self {
        case .client: "client"
        case .notFound: "path"
        case .method: "method"
        case .mediaType: "content_type"
        case .review(let code): code.rawValue
        }
    }
}

/// The one media type that the API server sends.
enum MediaType {
    /// Whether a `Content-Type` is `application/json`, in any case and with any parameters (RFC 9110 §8.3.1).
    static func isJSON(_ value: String?) -> Bool {
        guard let value else { return false }
        let type = value.prefix { $0 != ";" }.lowercased()
        return type.drop { $0 == " " || $0 == "\t" }.prefix { $0 != " " && $0 != "\t" } == "application/json"
    }
}

extension Duration {
    /// The duration in milliseconds, to the microsecond.
    var milliseconds: Double {
        let (seconds, attoseconds) = components
        let microseconds = attoseconds / 1_000_000_000_000
        return (Double(seconds) * 1e6 + Double(microseconds)) / 1e3
    }
}
