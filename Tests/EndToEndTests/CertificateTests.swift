import Foundation
import Testing

/// The two ways to make a development authority and certificate, judged by OpenSSL.
@Suite("Certificates")
struct CertificateTests {
    /// Who makes them, into a directory, for these names.
    enum Maker: String, CaseIterable, Sendable, CustomTestStringConvertible {
        case command = "vernemq-operator certs"
        case script = "certs/make-certificates"

        var testDescription: String { rawValue }

        func make(in directory: URL, names: [String]) async throws {
            switch self {
            case .command:
                try await Subprocess.output(
                    Repository.operatorExecutable.path,
                    ["certs", "--force", "--directory", directory.path] + names
                )
            case .script:
                try await Subprocess.output(
                    Repository.root.appendingPathComponent(rawValue).path,
                    ["-o", directory.path] + names
                )
            }
        }
    }

    @Test("OpenSSL accepts what is made, for each of the names and for no other", arguments: Maker.allCases)
    func verifies(maker: Maker) async throws {
        let directory = try Repository.temporaryDirectory("certificates")
        defer { removeQuietly(directory) }
        try await maker.make(in: directory, names: ["operator.vmq.svc", "127.0.0.1"])

        #expect(try await verify(directory, "-verify_hostname", "operator.vmq.svc").status == 0)
        #expect(try await verify(directory, "-verify_ip", "127.0.0.1").status == 0)
        #expect(try await verify(directory, "-verify_hostname", "other.vmq.svc").status != 0)
        #expect(try await verify(directory, "-verify_ip", "127.0.0.2").status != 0)
        let modes = try ["ca.key", "tls.key"].map { name in
            let attributes = try FileManager.default.attributesOfItem(
                atPath: directory.appendingPathComponent(name).path
            )
            return (attributes[.posixPermissions] as? NSNumber)?.uint16Value
        }
        #expect(modes == [0o600, 0o600], "keys are their owner's alone")
    }

    @Test("a second run keeps the authority and replaces the certificate", arguments: Maker.allCases)
    func keepsAuthority(maker: Maker) async throws {
        let directory = try Repository.temporaryDirectory("certificates")
        defer { removeQuietly(directory) }
        try await maker.make(in: directory, names: ["operator.vmq.svc"])
        let before = try contents(directory)
        try await maker.make(in: directory, names: ["operator.vmq.svc"])
        let after = try contents(directory)

        #expect(before["ca.crt"] == after["ca.crt"])
        #expect(before["tls.crt"] != after["tls.crt"])
        #expect(try await verify(directory, "-verify_hostname", "operator.vmq.svc").status == 0)
    }

    @Test("both make the same: names, uses, keys and lifetimes")
    func agree() async throws {
        var descriptions: [[String]] = []
        for maker in Maker.allCases {
            let directory = try Repository.temporaryDirectory("certificates")
            defer { removeQuietly(directory) }
            try await maker.make(in: directory, names: ["operator.vmq.svc", "127.0.0.1"])
            var lines: [String] = []
            for (file, days) in [("ca.crt", 3650), ("tls.crt", 365)] {
                let path = directory.appendingPathComponent(file).path
                let text = try await openssl("x509", "-in", path, "-noout", "-text")
                lines += text.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }.filter { line in
                    ["Signature Algorithm:", "NIST CURVE:", "CA:", "DNS:"].contains { line.hasPrefix($0) }
                        || line.hasSuffix("critical") || line.contains("Sign") || line.contains("Authentication")
                }
                let almost = String((days - 1) * 86400)
                let beyond = String((days + 1) * 86400)
                let lives = try await Subprocess.run(
                    "/usr/bin/env",
                    ["openssl", "x509", "-in", path, "-checkend", almost]
                )
                let ends = try await Subprocess.run(
                    "/usr/bin/env",
                    ["openssl", "x509", "-in", path, "-checkend", beyond]
                )
                #expect(lives.status == 0 && ends.status == 1, "\(maker): \(file) is not for \(days) days")
            }
            descriptions.append(lines)
        }
        #expect(descriptions.first?.isEmpty == false)
        #expect(descriptions.first == descriptions.last)
    }

    @Test("a client's certificate is of the same authority, good for clients and for nothing else")
    func client() async throws {
        let directory = try Repository.temporaryDirectory("certificates")
        defer { removeQuietly(directory) }
        let script = Repository.root.appendingPathComponent(Maker.script.rawValue).path
        try await Subprocess.output(script, ["-o", directory.path, "-c", "apiserver"])
        let path = directory.appendingPathComponent("client.crt").path
        let authority = directory.appendingPathComponent("ca.crt").path
        for (purpose, status) in [("sslclient", Int32(0)), ("sslserver", 2)] {
            let output = try await Subprocess.run(
                "/usr/bin/env",
                ["openssl", "verify", "-x509_strict", "-purpose", purpose, "-CAfile", authority, path]
            )
            #expect(output.status == status, "\(purpose): \(output.standardError)")
        }
        #expect(try await openssl("x509", "-in", path, "-noout", "-subject").contains("apiserver"))
        #expect(try contents(directory).keys.sorted() == ["ca.crt", "ca.key", "client.crt", "client.key"])
    }

    @Test("the rehearsal of a rotation shows nothing that is not trusted, and can be had again")
    func rehearsal() async throws {
        let directory = try Repository.temporaryDirectory("rehearsal")
        defer { removeQuietly(directory) }
        let script = Repository.root.appendingPathComponent("certs/rehearse-rotation").path
        for _ in 0..<2 {
            let output = try await Subprocess.output(script, [directory.path, "operator.vmq.svc"])
            let judged = output.split(separator: "\n").filter { $0.hasSuffix(": trusted") || $0.hasSuffix(": refused") }
            #expect(judged.count == 8, "\(output)")
        }
        // One of the certificates is for another name: the rehearsal must not pass.
        try await Subprocess.output(
            Repository.root.appendingPathComponent(Maker.script.rawValue).path,
            ["-o", directory.appendingPathComponent("old").path, "other.vmq.svc"]
        )
        let output = try await Subprocess.run(script, [directory.path, "operator.vmq.svc"])
        #expect(output.status == 1)
        #expect(output.standardError.contains("must be trusted"), "\(output.standardError)")
    }

    private func openssl(_ arguments: String...) async throws -> String {
        try await Subprocess.output("/usr/bin/env", ["openssl"] + arguments)
    }

    private func verify(_ directory: URL, _ condition: String...) async throws -> Subprocess.Output {
        try await Subprocess.run(
            "/usr/bin/env",
            ["openssl", "verify", "-x509_strict", "-purpose", "sslserver"] + condition
                + ["-CAfile", directory.appendingPathComponent("ca.crt").path]
                + [directory.appendingPathComponent("tls.crt").path]
        )
    }

    private func contents(_ directory: URL) throws -> [String: Data] {
        var contents: [String: Data] = [:]
        for name in try FileManager.default.contentsOfDirectory(atPath: directory.path) {
            contents[name] = try Data(contentsOf: directory.appendingPathComponent(name))
        }
        return contents
    }
}
