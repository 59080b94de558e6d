public import Document
import Kubernetes
public import PKI

/// How a ``CertificateState`` stands in a Secret.
///
/// The Secret is of type `kubernetes.io/tls`: `tls.crt`, `tls.key` and `ca.crt` mean what they mean to everybody.
public enum CertificateSecret {
    /// The label that says that the Secret is the operator's own.
    public static let ownerLabel = "vmq.k8s.vernemq.com/certificates"
    /// The label's value.
    public static let ownerValue = "self"

    private static let publishedAnnotation = "vmq.k8s.vernemq.com/next-authority-published"
    private static let promotedAnnotation = "vmq.k8s.vernemq.com/authority-promoted"

    /// The entries of `data`.
    private enum Entry: String, CaseIterable {
        case serving = "tls.crt"
        case servingKey = "tls.key"
        case authority = "ca.crt"
        case authorityKey = "ca.key"
        case next = "next-ca.crt"
        case nextKey = "next-ca.key"
        case previous = "previous-ca.crt"
    }

    /// Whether a Secret belongs to somebody else: it has data, and not the operator's label.
    public static func isForeign(_ secret: JSONValue) -> Bool {
        ObjectView(secret).label(ownerLabel) != ownerValue && secret["data"]?.objectValue?.isEmpty == false
    }

    /// Reads a Secret. What is damaged is left out, and is made anew by whoever looks after the Secret.
    ///
    /// - Returns: the state, and what was damaged, by name of entry.
    public static func read(_ secret: JSONValue) -> (state: CertificateState, damaged: [String]) {
        var reader = Reader(data: secret["data"]?.objectValue ?? JSONObject())
        let view = ObjectView(secret)
        let state = CertificateState(
            authority: reader.holder(.authority, .authorityKey),
            next: reader.holder(.next, .nextKey),
            previous: reader.certificates(.previous),
            serving: reader.holder(.serving, .servingKey),
            published: view.annotation(publishedAnnotation).flatMap { Int64($0) },
            promoted: view.annotation(promotedAnnotation).flatMap { Int64($0) }
        )
        return (state, reader.damaged)
    }

    /// A Secret that does not exist yet.
    public static func make(
        _ state: CertificateState,
        name: String,
        namespace: String
    ) throws(PKIError) -> JSONValue {
        try write(
            state,
            into: [
                "apiVersion": "v1", "kind": "Secret",
                "metadata": ["name": .string(name), "namespace": .string(namespace)],
                "type": "kubernetes.io/tls",
            ]
        )
    }

    /// Writes a state into a Secret that was read: its resource version stays, so that it replaces nothing else than what
    /// was read, and so does everything that is not the operator's.
    public static func write(_ state: CertificateState, into secret: JSONValue) throws(PKIError) -> JSONValue {
        var data = secret["data"]?.objectValue ?? JSONObject()
        let holders = [
            (Entry.authority, Entry.authorityKey, state.authority), (.next, .nextKey, state.next),
            (.serving, .servingKey, state.serving),
        ]
        for (certificate, key, holder) in holders {
            data[certificate.rawValue] = try holder.map { value throws(PKIError) in encode(try value.certificate.pem())
            }
            data[key.rawValue] = try holder?.key.map { value throws(PKIError) in encode(try value.pem()) }
        }
        data.removeValue(forKey: Entry.previous.rawValue)
        if !state.previous.isEmpty { data[Entry.previous.rawValue] = encode(try CABundle.pem(state.previous)) }
        var metadata = secret["metadata"]?.objectValue ?? JSONObject()
        metadata["labels"] = setting([ownerLabel: ownerValue], in: metadata["labels"])
        metadata["annotations"] = setting(
            [
                publishedAnnotation: state.published.map { String($0) },
                promotedAnnotation: state.promoted.map { String($0) },
            ],
            in: metadata["annotations"]
        )
        var secret = secret
        secret["metadata"] = .object(metadata)
        secret["data"] = .object(data)
        return secret
    }

    private static func encode(_ bytes: [UInt8]) -> JSONValue { .string(Base64.encode(bytes)) }

    private static func setting(_ values: [String: String?], in map: JSONValue?) -> JSONValue? {
        var object = map?.objectValue ?? JSONObject()
        for (key, value) in values.sorted(by: { $0.key < $1.key }) { object[key] = value.map { .string($0) } }
        return object.isEmpty ? Optional.none : .object(object)
    }

    private struct Reader {
        let data: JSONObject
        var damaged: [String] = []

        mutating func holder(_ certificate: Entry, _ key: Entry) -> CertificateState.Holder? {
            guard let found = certificates(certificate).first else { return nil }
            guard let bytes = bytes(key) else { return CertificateState.Holder(certificate: found, key: nil) }
            do throws(PKIError) {
                let privateKey = try PrivateKey(pem: bytes)
                if privateKey.matches(found) { return CertificateState.Holder(certificate: found, key: privateKey) }
            } catch {
                // It is reported below, together with a key of another certificate.
            }
            damaged.append(key.rawValue)
            return CertificateState.Holder(certificate: found, key: nil)
        }

        mutating func certificates(_ entry: Entry) -> [Certificate] {
            guard let bytes = bytes(entry) else { return [] }
            do throws(PKIError) {
                return try Certificate.list(pem: bytes)
            } catch {
                damaged.append(entry.rawValue)
                return []
            }
        }

        private mutating func bytes(_ entry: Entry) -> [UInt8]? {
            guard let value = data[entry.rawValue] else { return nil }
            // A Secret of this type must have both entries, so that an empty one is as good as none.
            guard let bytes = value.stringValue.flatMap({ Base64.decode($0) }) else {
                damaged.append(entry.rawValue)
                return nil
            }
            return bytes.isEmpty ? nil : bytes
        }
    }
}
