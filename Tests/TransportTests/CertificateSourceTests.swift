import Foundation
import PKI
import Testing

@testable import Transport

/// A directory as kubelet mounts a Secret: the files are links into `..data`, which is a link to a directory of this
/// version, and is exchanged in one step.
private final class SecretVolume: Sendable {
    let path: String

    init(_ identity: TLSIdentity) throws {
        path = NSTemporaryDirectory() + "secret-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        try publish(identity)
        for name in ["tls.crt", "tls.key"] {
            try FileManager.default.createSymbolicLink(
                atPath: "\(path)/\(name)",
                withDestinationPath: "..data/\(name)"
            )
        }
    }

    deinit {
        do { try FileManager.default.removeItem(atPath: path) } catch { Issue.record(error) }
    }

    func publish(_ identity: TLSIdentity) throws {
        let version = "..\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: "\(path)/\(version)", withIntermediateDirectories: false)
        try Data(identity.certificateChain).write(to: URL(fileURLWithPath: "\(path)/\(version)/tls.crt"))
        try Data(identity.privateKey).write(to: URL(fileURLWithPath: "\(path)/\(version)/tls.key"))
        try FileManager.default.createSymbolicLink(atPath: "\(path)/..data_tmp", withDestinationPath: version)
        let result = unsafe rename("\(path)/..data_tmp", "\(path)/..data")
        #expect(result == 0)
    }

    var files: CertificateFiles { CertificateFiles(certificate: "\(path)/tls.crt", key: "\(path)/tls.key") }
}

@Suite("A certificate source")
struct CertificateSourceTests {
    let authority: CertificateAuthority
    let first: Credential
    let second: Credential

    init() throws {
        authority = try CertificateAuthority(commonName: "a", lifetime: .seconds(90_000), now: TLSPair.now)
        first = try authority.issueServer(names: [.dns("a")], lifetime: .seconds(1_000), now: TLSPair.now)
        second = try authority.issueServer(names: [.dns("a")], lifetime: .seconds(2_000), now: TLSPair.now)
    }

    @Test("takes up what kubelet exchanges, well before the next poll, and then by poll", arguments: [600, 0])
    func exchange(_ pollSeconds: Int) async throws {
        let volume = try SecretVolume(try first.identity())
        let source = try CertificateSource(volume.files)
        #expect(source.notAfter == first.certificate.notAfter)
        try await onLoop { [second] loop in
            let events = Record<CertificateSource.Event>()
            let interval: Duration = pollSeconds == 0 ? .milliseconds(20) : .seconds(pollSeconds)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { await source.run(on: loop, interval: interval) { events.add($0) } }
                try await loop.sleep(for: .milliseconds(20))
                try volume.publish(try second.identity())
                let deadline = Deadline.after(patience)
                while events.all.isEmpty, !deadline.isPast { try await loop.sleep(for: .milliseconds(5)) }
                group.cancelAll()
            }
            #expect(events.all == [.reloaded(notAfter: second.certificate.notAfter)])
            #expect(source.notAfter == second.certificate.notAfter)
        }
    }

    @Test("leaves alone what does not fit together, says so once, and recovers")
    func halfWritten() throws {
        let volume = try SecretVolume(try first.identity())
        let source = try CertificateSource(volume.files)
        let old = source.contexts.current
        #expect(source.reload() == nil)
        let torn = TLSIdentity(certificateChain: try second.certificate.pem(), privateKey: try first.key.pem())
        try volume.publish(torn)
        guard case .failed(let error) = source.reload() else {
            Issue.record("a certificate is taken up without its key")
            return
        }
        #expect("\(error)".contains("private key"))
        #expect(source.reload() == nil)
        #expect(source.contexts.current === old)
        try FileManager.default.removeItem(atPath: volume.files.key)
        guard case .failed = source.reload() else {
            Issue.record("a missing key is not noticed")
            return
        }
        try FileManager.default.createSymbolicLink(atPath: volume.files.key, withDestinationPath: "..data/tls.key")
        try volume.publish(try second.identity())
        #expect(source.reload() == .reloaded(notAfter: second.certificate.notAfter))
        #expect(source.contexts.current !== old)
    }

    @Test("names the file that cannot be read")
    func missing() async {
        let error = await failure {
            _ = try CertificateSource(
                CertificateFiles(certificate: "/nonexistent/tls.crt", key: "/nonexistent/tls.key")
            )
        }
        #expect(
            error.map { "\($0)" } == "the file /nonexistent/tls.crt cannot be read: open: No such file or directory"
        )
    }

    @Test("watches the directories of its files")
    func directories() {
        let files = CertificateFiles(certificate: "/a/b/tls.crt", key: "tls.key", clientAuthorities: "/ca.crt")
        #expect(files.directories == ["/a/b", ".", "/"])
    }
}

@Suite("A TLS context")
struct TLSContextTests {
    @Test("is not made of what does not fit together, and the reason is told")
    func unusable() async throws {
        let root = try CertificateAuthority(commonName: "root", lifetime: .seconds(90_000), now: TLSPair.now)
        let other = try CertificateAuthority(commonName: "other", lifetime: .seconds(90_000), now: TLSPair.now)
        let issued = try root.issueServer(names: [.dns("a")], lifetime: .seconds(60), now: TLSPair.now)
        let good = try issued.identity(try root.certificate.pem())
        let encrypted = "-----BEGIN ENCRYPTED PRIVATE KEY-----\nMIH=\n-----END ENCRYPTED PRIVATE KEY-----\n"
        let cases: [(TLSIdentity, String)] = [
            (TLSIdentity(certificateChain: [], privateKey: good.privateKey), "BEGIN CERTIFICATE"),
            (TLSIdentity(certificateChain: Array("nonsense".utf8), privateKey: good.privateKey), "BEGIN CERTIFICATE"),
            (
                TLSIdentity(certificateChain: Array(good.certificateChain.prefix(100)), privateKey: good.privateKey),
                "PEM"
            ),
            (TLSIdentity(certificateChain: good.certificateChain, privateKey: []), "private key cannot be read"),
            (TLSIdentity(certificateChain: good.certificateChain, privateKey: Array(encrypted.utf8)), "unencrypted"),
            (
                TLSIdentity(certificateChain: good.certificateChain, privateKey: try other.credential.key.pem()),
                "not that of the certificate"
            ),
            (try issued.identity(try other.certificate.pem()), "out of order"),
        ]
        for (identity, reason) in cases {
            let error = await failure { _ = try TLSContext(TLSConfiguration(identity: identity)) }
            #expect(error.map { "\($0)" }?.contains(reason) == true, "\(reason), not \(String(describing: error))")
        }
        let badAuthorities = await failure {
            _ = try TLSContext(
                TLSConfiguration(identity: good, clientVerification: .required(authorities: Array("x".utf8)))
            )
        }
        #expect(badAuthorities?.code == "unusable-certificate")
        let context = try TLSContext(TLSConfiguration(identity: good))
        #expect(context.notAfter == issued.certificate.notAfter)
    }
}
