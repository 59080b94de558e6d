import Document
import Kubernetes
import PKI
import Testing

@testable import Controller

@Suite("Certificate Secret")
struct CertificateSecretTests {
    private static let now: Int64 = 1_800_000_000

    /// A state in the middle of a rotation that follows upon another.
    private static func busyState() throws -> CertificateState {
        let policy = try CertificateWorld.policy()
        var state = try CertificateStep.create.carryOut(on: nil, configurations: [], policy: policy, now: now)
        for step in [CertificateStep.beginRotation, .notePublished, .promote, .beginRotation, .notePublished] {
            state = try step.carryOut(on: state, configurations: [], policy: policy, now: now)
        }
        return state
    }

    @Test("a state comes back from the Secret as it went in, and the Secret is what everybody expects")
    func roundTrip() throws {
        let state = try Self.busyState()
        let secret = try CertificateSecret.make(state, name: "vmq-tls", namespace: "mq")
        #expect(secret["type"] == "kubernetes.io/tls")
        #expect(
            secret["data"]?.objectValue?.keys.sorted() == [
                "ca.crt", "ca.key", "next-ca.crt", "next-ca.key", "previous-ca.crt", "tls.crt", "tls.key",
            ]
        )
        #expect(!CertificateSecret.isForeign(secret))
        let (read, damaged) = CertificateSecret.read(secret)
        #expect(damaged.isEmpty)
        #expect(read.bundle == state.bundle && read.bundle.count == 3)
        #expect(read.authority?.key != nil && read.next?.key != nil && read.serving?.key != nil)
        #expect(read.serving?.certificate == state.serving?.certificate)
        #expect(read.published == Self.now && read.promoted == Self.now)
        #expect(try CertificateSecret.write(read, into: secret) == secret)
    }

    @Test("what other people keep in the Secret stays, and what is over goes")
    func otherPeople() throws {
        let state = try Self.busyState()
        var secret = try CertificateSecret.make(state, name: "vmq-tls", namespace: "mq")
        secret["metadata"]?["resourceVersion"] = "7"
        secret["metadata"]?["labels"]?["team"] = "mq"
        secret["metadata"]?["annotations"]?["note"] = "hands off"
        secret["data"]?["other"] = "eA=="
        var quiet = state
        (quiet.next, quiet.previous, quiet.published, quiet.promoted) = (nil, [], nil, nil)
        let written = try CertificateSecret.write(quiet, into: secret)
        #expect(written["metadata"]?["resourceVersion"] == "7")
        #expect(written["metadata"]?["labels"]?["team"] == "mq")
        #expect(written["metadata"]?["annotations"] == ["note": "hands off"])
        #expect(written["data"]?.objectValue?.keys.sorted() == ["ca.crt", "ca.key", "other", "tls.crt", "tls.key"])
    }

    @Test("what is damaged is named and left out, entry by entry")
    func damage() throws {
        let secret = try CertificateSecret.make(try Self.busyState(), name: "vmq-tls", namespace: "mq")
        for (entry, value) in [
            ("tls.crt", "no base64!"), ("ca.crt", "eA=="), ("next-ca.crt", "eA=="), ("previous-ca.crt", "eA=="),
            ("tls.key", "eA=="), ("ca.key", secret["data"]?["tls.key"]?.stringValue ?? ""),
        ] {
            var broken = secret
            broken["data"]?[entry] = .string(value)
            let (state, damaged) = CertificateSecret.read(broken)
            #expect(damaged == [entry])
            switch entry {
            case "tls.crt": #expect(state.serving == nil)
            case "tls.key": #expect(state.serving != nil && state.serving?.key == nil)
            case "ca.crt": #expect(state.authority == nil)
            case "ca.key": #expect(state.authority != nil && state.authority?.key == nil)
            case "next-ca.crt": #expect(state.next == nil)
            default: #expect(state.previous.isEmpty)
            }
        }
        #expect(CertificateSecret.read([:]).state.bundle.isEmpty)
        #expect(CertificateSecret.read(["data": ["tls.crt": "", "tls.key": ""]]).damaged.isEmpty)
    }

    @Test("a Secret with data and without the label is somebody else's")
    func foreign() {
        #expect(CertificateSecret.isForeign(["data": ["tls.crt": "eA=="]]))
        #expect(!CertificateSecret.isForeign(["data": [:]]))
        #expect(!CertificateSecret.isForeign([:]))
        let label: JSONValue = ["labels": ["vmq.k8s.vernemq.com/certificates": "self"]]
        #expect(!CertificateSecret.isForeign(["metadata": label, "data": ["tls.crt": "eA=="]]))
    }
}

@Suite("caBundle")
struct WebhookBundlesTests {
    static func text(_ bundle: [Certificate]) throws -> String {
        Base64.encode(try bundle.flatMap { try $0.pem() })
    }

    @Test("a patch touches the bundles that are wrong, and only those, and names the version that it was made for")
    func patch() throws {
        let policy = try CertificateWorld.policy()
        func authority() throws -> Certificate {
            let made = try CertificateStep.create.carryOut(
                on: nil,
                configurations: [],
                policy: policy,
                now: 1_800_000_000
            )
            return try #require(made.authority?.certificate)
        }
        let (first, second) = (try authority(), try authority())
        let both = JSONValue.string(try Self.text([second, first]))
        let configuration: JSONValue = [
            "metadata": ["name": "vmq", "resourceVersion": "9"],
            "webhooks": [
                ["clientConfig": ["caBundle": both, "service": ["name": "vmq"]]],
                ["clientConfig": ["caBundle": .string(try Self.text([first]))]],
                ["clientConfig": ["url": "https://vmq/mutate"]],
                ["clientConfig": ["caBundle": "Cg=="]],
            ],
        ]
        let bundles = WebhookBundles(.mutating, configuration)
        #expect(!bundles.carry(first))
        #expect(bundles.isCleared)
        let patch = try #require(try bundles.patch(to: [first, second]))
        #expect(
            patch.jsonValue.arrayValue?.compactMap { $0["path"]?.stringValue } == [
                "/metadata/resourceVersion", "/webhooks/1/clientConfig/caBundle", "/webhooks/2/clientConfig/caBundle",
                "/webhooks/3/clientConfig/caBundle",
            ]
        )
        let patched = try patch.apply(to: configuration)
        #expect(patched["webhooks"]?[0] == configuration["webhooks"]?[0])
        let after = WebhookBundles(.mutating, patched)
        #expect(try after.patch(to: [first, second]) == nil)
        #expect(after.carry(first) && after.carry(second) && !after.isCleared)
    }

    @Test("a configuration without webhooks wants nothing")
    func empty() throws {
        #expect(try WebhookBundles(.validating, ["webhooks": []]).patch(to: []) == nil)
        #expect(try WebhookBundles(.validating, [:]).patch(to: []) == nil)
    }
}
