import Document
import Foundation
import PKI
import Testing

@testable import Command

/// The server in the mode of docs/security-model.md that answers nobody but the API server.
@Suite("Strangers at the webhook port", .apart)
struct StrangerTests {
    private static let name = "kube-apiserver"
    private static let now = Int64(Date().timeIntervalSince1970)
    private static let day: Int64 = 86_400

    @Test("are refused: without a certificate, with another authority's, out of its time, for servers, of another name")
    func strangers() async throws {
        let scratch = try Scratch()
        #expect(try Executable.run(["certs", "--out", scratch.path, "--ip", "127.0.0.1"], in: scratch).status == 0)
        let authority = try CertificateAuthority(
            commonName: "clients",
            lifetime: .seconds(30 * Self.day),
            now: Self.now - 9 * Self.day
        )
        let other = try CertificateAuthority(commonName: "clients", lifetime: .seconds(30 * Self.day), now: Self.now)
        try scratch.write("clients.crt", String(decoding: try authority.certificate.pem(), as: UTF8.self))
        try scratch.write("clients.key", String(decoding: try authority.credential.key.pem(), as: UTF8.self))
        func issue(_ file: String, _ name: String, by issuer: CertificateAuthority, from start: Int64 = Self.now) throws
        {
            let credential = try issuer.issueClient(commonName: name, lifetime: .seconds(2 * Self.day), now: start)
            try Self.write(credential, file, scratch)
        }
        try issue("known", Self.name, by: authority)
        try issue("other-authority", Self.name, by: other)
        try issue("expired", Self.name, by: authority, from: Self.now - 8 * Self.day)
        try issue("not-yet", Self.name, by: authority, from: Self.now + 2 * Self.day)
        try issue("other-name", "kubelet", by: authority)
        try issue("nearly", Self.name + "x", by: authority)
        let server = try authority.issueServer(names: [.dns(Self.name)], lifetime: .seconds(Self.day), now: Self.now)
        try Self.write(server, "for-servers", scratch)
        try Self.openssl("alternative-name", ["-subj", "/CN=x", "-addext", "subjectAltName=DNS:\(Self.name)"], scratch)
        try Self.openssl("two-names", ["-subj", "/CN=\(Self.name)/CN=x"], scratch)
        try Self.openssl("two-names-reversed", ["-subj", "/CN=x/CN=\(Self.name)"], scratch)
        try Self.openssl("no-name", ["-subj", "/O=system:masters"], scratch)

        let process = try ServeProcess(
            [
                "--tls-cert", "\(scratch.path)/tls.crt", "--tls-key", "\(scratch.path)/tls.key", "--drain-delay", "0s",
                "--client-ca", "\(scratch.path)/clients.crt", "--client-name", Self.name,
            ],
            in: scratch.path
        )
        let serving = try JSONValue(parsing: try await process.line(with: #""message":"serving""#))
        let address = try #require(serving["webhooks"]?.stringValue)
        let review = try scratch.write("review.json", ExecutableTests.review)

        /// The status of the answer; "000" when TLS gave none.
        func ask(_ file: String?) throws -> String {
            let identity =
                file.map { ["--cert", "\(scratch.path)/\($0).crt", "--key", "\(scratch.path)/\($0).key"] } ?? []
            return try Executable.run(
                URL(fileURLWithPath: "/usr/bin/env"),
                [
                    "curl", "-sS", "--max-time", "30", "--cacert", "\(scratch.path)/ca.crt", "-o", "/dev/null",
                    "-w", "%{http_code}", "-H", "Content-Type: application/json", "--data-binary", "@\(review)",
                ] + identity + ["https://\(address)/mutate"],
                in: scratch
            ).output
        }
        #expect(try ask("known") == "200")
        for stranger in [nil, "other-authority", "expired", "not-yet", "for-servers"] {
            #expect(try ask(stranger) == "000", "\(stranger ?? "no certificate")")
        }
        let misnamed = ["other-name", "nearly", "alternative-name", "two-names", "two-names-reversed", "no-name"]
        for stranger in misnamed {
            #expect(try ask(stranger) == "403", "\(stranger)")
        }
        #expect(try ask("known") == "200")
        process.send(SIGTERM)
        #expect(try await process.end() == 0)
    }

    private static func write(_ credential: Credential, _ file: String, _ scratch: borrowing Scratch) throws {
        try scratch.write("\(file).crt", String(decoding: try credential.certificate.pem(), as: UTF8.self))
        try scratch.write("\(file).key", String(decoding: try credential.key.pem(), as: UTF8.self))
    }

    /// Certificates as our own authority makes none.
    private static func openssl(_ file: String, _ arguments: [String], _ scratch: borrowing Scratch) throws {
        let outcome = try Executable.run(
            URL(fileURLWithPath: "/usr/bin/env"),
            [
                "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                "-days", "1",
                "-keyout", "\(scratch.path)/\(file).key", "-out", "\(scratch.path)/\(file).crt",
                "-CA", "\(scratch.path)/clients.crt", "-CAkey", "\(scratch.path)/clients.key",
                "-addext", "extendedKeyUsage=clientAuth", "-addext", "basicConstraints=critical,CA:FALSE",
            ] + arguments,
            in: scratch
        )
        #expect(outcome.status == 0, "\(outcome.errors)")
    }
}
