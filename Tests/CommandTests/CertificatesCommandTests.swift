import Foundation
import Kubernetes
import PKI
import Telemetry
import Testing

@testable import Command

@Suite("certs")
struct CertificatesCommandTests {
    private func certificate(_ scratch: borrowing Scratch, _ name: String) throws -> Certificate {
        try Certificate(pem: Array(try scratch.read(name).utf8))
    }

    private func mode(_ scratch: borrowing Scratch, _ name: String) throws -> Int? {
        try FileManager.default.attributesOfItem(atPath: "\(scratch.path)/\(name)")[.posixPermissions] as? Int
    }

    @Test("an authority and a serving certificate for a Service, with keys that nobody else can read")
    func service() async throws {
        let scratch = try Scratch()
        let captured = CapturedConsole()
        let status = await captured.run(
            "certs",
            "--out",
            "\(scratch.path)/deep/er",
            "--service",
            "hooks",
            "-n",
            "ops",
            "--ip",
            "127.0.0.1",
            "--days",
            "30",
            "extra.example"
        )
        #expect(status == .success, "\(captured.reports)")
        let authority = try certificate(scratch, "deep/er/ca.crt")
        let serving = try certificate(scratch, "deep/er/tls.crt")
        #expect(authority.isAuthority)
        #expect(!serving.isAuthority)
        #expect(serving.isSigned(by: authority))
        for name in [
            "hooks.ops.svc", "hooks.ops.svc.cluster.local", "hooks.ops", "hooks", "127.0.0.1", "extra.example",
        ] {
            #expect(serving.covers(try SubjectName(name)), "\(name)")
        }
        #expect(!serving.covers(try SubjectName("hooks.default.svc")))
        let now = Int64(UTCTime.now.seconds)
        #expect((now + 29 * 86_400...now + 30 * 86_400).contains(serving.notAfter))
        #expect(try mode(scratch, "deep/er/ca.key") == 0o600)
        #expect(try mode(scratch, "deep/er/tls.key") == 0o600)
        #expect(try mode(scratch, "deep/er/tls.crt") == 0o644)
        let key = try PrivateKey(pem: Array(try scratch.read("deep/er/tls.key").utf8))
        #expect(key.matches(serving))
    }

    @Test("a second run renews nothing without --force, and with it keeps the authority")
    func renewal() async throws {
        let scratch = try Scratch()
        let first = CapturedConsole()
        #expect(await first.run("certs", "--out", scratch.path, "--dns", "a.example") == .success)
        let files = try ["ca.crt", "ca.key", "tls.crt", "tls.key"].map { try scratch.read($0) }
        let refused = CapturedConsole()
        #expect(await refused.run("certs", "--out", scratch.path, "--dns", "a.example") == .failure)
        #expect(refused.reports.contains("--force"))
        #expect(try ["ca.crt", "ca.key", "tls.crt", "tls.key"].map { try scratch.read($0) } == files)
        let renewed = CapturedConsole()
        #expect(
            await renewed.run("certs", "--out", scratch.path, "--dns", "b.example", "--force", "--print-ca-bundle")
                == .success
        )
        #expect(try scratch.read("ca.crt") == files[0])
        #expect(try scratch.read("ca.key") == files[1])
        #expect(try scratch.read("tls.crt") != files[2])
        #expect(renewed.output == Base64.encode(Array(files[0].utf8)) + "\n")
        let serving = try certificate(scratch, "tls.crt")
        #expect(serving.isSigned(by: try certificate(scratch, "ca.crt")))
        #expect(serving.covers(try SubjectName("b.example")))
    }

    @Test(
        "an authority that cannot be used is named, and nothing is written",
        arguments: [
            "half", "foreign key", "leaf", "garbage", "file in the way",
        ]
    )
    func unusableAuthorities(fault: String) async throws {
        let scratch = try Scratch()
        let other = try Scratch()
        #expect(await CapturedConsole().run("certs", "--out", other.path, "--dns", "a.example") == .success)
        var out = scratch.path
        switch fault {
        case "half":
            try scratch.write("ca.crt", try other.read("ca.crt"))
        case "foreign key":
            try scratch.write("ca.crt", try other.read("ca.crt"))
            try scratch.write("ca.key", try other.read("tls.key"))
        case "leaf":
            try scratch.write("ca.crt", try other.read("tls.crt"))
            try scratch.write("ca.key", try other.read("tls.key"))
        case "garbage":
            try scratch.write("ca.crt", "hello")
            try scratch.write("ca.key", "world")
        default:
            out = try scratch.write("file", "in the way")
        }
        let captured = CapturedConsole()
        #expect(await captured.run("certs", "--out", out, "--dns", "a.example") == .failure)
        #expect(captured.reports.hasPrefix("error: "))
        #expect(captured.output.isEmpty)
        #expect(!FileManager.default.fileExists(atPath: "\(out)/tls.crt"))
    }

    @Test(
        "a command line that makes no certificate is a usage error",
        arguments: [
            ["certs"], ["certs", "--dns", "1.2.3.4"], ["certs", "--ip", "a.example"], ["certs", "--dns", "not a name"],
            ["certs", "--dns", "a.example", "--days", "0"], ["certs", "--service", "-x-"],
        ]
    )
    func usage(arguments: [String]) async {
        let captured = CapturedConsole()
        #expect(await Program.run(arguments: arguments, console: captured.console) == .usage)
        #expect(!captured.reports.isEmpty)
    }
}
