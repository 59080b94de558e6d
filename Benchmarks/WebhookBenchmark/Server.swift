import BenchmarkSupport
import Foundation
import HTTP
import PKI
import Telemetry
import Transport

/// The server under test: a process of its own.
final class ServerProcess {
    let endpoint: HTTPClient.Endpoint
    private let process: Process

    /// Starts `vernemq-operator serve`, or this program's own echo server, and waits until it says where it listens.
    init(executable: String, arguments: [String], pki: TemporaryPKI) throws {
        process = Process()
        process.executableURL = URL(fileURLWithPath: executable)
        process.arguments = arguments
        let pipe = Pipe()
        process.standardError = pipe
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        // A JSON line with the field "webhooks" tells the address.
        var seen = Data()
        while true {
            let data = pipe.fileHandleForReading.availableData
            guard !data.isEmpty else {
                throw BenchmarkError("the server ended: \(String(decoding: seen, as: UTF8.self))")
            }
            seen += data
            let lines = String(decoding: seen, as: UTF8.self).split(separator: "\n")
            guard let line = lines.first(where: { $0.contains("\"webhooks\"") }),
                let fields = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any],
                let address = fields["webhooks"] as? String
            else { continue }
            endpoint = .init(try SocketAddress(address), name: "127.0.0.1", tls: pki.client)
            break
        }
        pipe.fileHandleForReading.readabilityHandler = { _ = $0.availableData }
    }

    deinit {
        process.terminate()
        process.waitUntilExit()
    }

    /// What the kernel says about the process.
    var usage: ProcessUsage { ProcessUsage(identifier: process.processIdentifier) }
}

/// A certificate for the server, on disk, and a client that trusts it.
final class TemporaryPKI {
    let directory: String
    let client: TLSContext

    var certificate: String { directory + "/tls.crt" }
    var key: String { directory + "/tls.key" }

    init() throws {
        directory = NSTemporaryDirectory() + "webhook-benchmark-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        let now = Int64(UTCTime.now.seconds)
        let authority = try CertificateAuthority(commonName: "benchmark", lifetime: .seconds(86_400), now: now)
        let issued = try authority.issueServer(names: [.ip("127.0.0.1")], lifetime: .seconds(86_400), now: now)
        client = try TLSContext(
            TLSClientConfiguration(trustedCertificates: try authority.certificate.pem(), minimumVersion: .v1_3)
        )
        try Data(try issued.certificate.pem()).write(to: URL(fileURLWithPath: certificate))
        try Data(try issued.key.pem()).write(to: URL(fileURLWithPath: key))
    }

    deinit {
        do { try FileManager.default.removeItem(atPath: directory) } catch { print("left behind: \(directory)") }
    }
}
