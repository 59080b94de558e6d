public import Document
import Kubernetes
public import PKI

/// Certificates as `caBundle` has them.
enum CABundle {
    /// PEM, one certificate after the other.
    static func pem(_ certificates: [Certificate]) throws(PKIError) -> [UInt8] {
        var bytes: [UInt8] = []
        for certificate in certificates { bytes += try certificate.pem() }
        return bytes
    }

    /// Reads the field; a text that is no bundle trusts nobody.
    static func certificates(_ text: String?) -> [Certificate] {
        guard let bytes = text.flatMap({ Base64.decode($0) }), !bytes.isEmpty else { return [] }
        do throws(PKIError) { return try Certificate.list(pem: bytes) } catch { return [] }
    }
}

/// Whom the API server trusts, by one webhook configuration.
public struct WebhookBundles: Sendable {
    /// The two kinds of webhook configuration.
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        /// `MutatingWebhookConfiguration`
        case mutating = "mutatingwebhookconfigurations"
        /// `ValidatingWebhookConfiguration`
        case validating = "validatingwebhookconfigurations"
    }

    /// The kind of the configuration.
    public let kind: Kind
    /// The configuration's name.
    public let name: String
    /// The configuration's uid; empty where it is not known.
    public let uid: String
    /// The version that was read.
    public let resourceVersion: String
    /// The authorities of each webhook, in order.
    public let authorities: [[Certificate]]

    /// Looks at a configuration.
    public init(_ kind: Kind, _ configuration: JSONValue) {
        let view = ObjectView(configuration)
        self.kind = kind
        name = view.name ?? ""
        uid = view.uid ?? ""
        resourceVersion = view.resourceVersion ?? ""
        authorities = (configuration["webhooks"]?.arrayValue ?? []).map { webhook in
            CABundle.certificates(webhook["clientConfig"]?["caBundle"]?.stringValue)
        }
    }

    /// Whether each webhook trusts an authority.
    public func carry(_ certificate: Certificate) -> Bool {
        authorities.allSatisfy { $0.contains(certificate) }
    }

    /// Whether each webhook accepts a serving certificate.
    public func accept(_ serving: Certificate) -> Bool {
        authorities.allSatisfy { $0.contains { serving.isSigned(by: $0) } }
    }

    /// Whether each webhook trusts exactly these authorities.
    public func match(_ bundle: [Certificate]) -> Bool {
        let wanted = Set(bundle)
        return authorities.allSatisfy { Set($0) == wanted }
    }

    /// Whether some webhook trusts nobody.
    public var isCleared: Bool { authorities.contains { $0.isEmpty } }

    /// What makes each webhook trust exactly these authorities: a patch that touches `caBundle` only, and fails with 409
    /// when the configuration has changed since.
    ///
    /// - Returns: nil when there is nothing to change.
    public func patch(to bundle: [Certificate]) throws(PKIError) -> JSONPatch? {
        let wanted = Set(bundle)
        let wrong = authorities.indices.filter { Set(authorities[$0]) != wanted }
        guard !wrong.isEmpty else { return nil }
        let text = JSONValue.string(Base64.encode(try CABundle.pem(bundle)))
        let version = PatchOperation.replace(
            path: ["metadata", "resourceVersion"],
            value: .string(resourceVersion)
        )
        return JSONPatch(
            [version]
                + wrong.map { index in
                    .add(path: ["webhooks", String(index), "clientConfig", "caBundle"], value: text)
                }
        )
    }
}
