import BenchmarkSupport
import Foundation
import HTTP
import PKI
import Reviews
import Telemetry
import Transport

/// A server under test: a process of its own, on the first processor alone where there are two or more. The benchmark
/// itself is run on the others (Benchmarks/run), so that the load never takes what the server needs.
final class ServerProcess {
    let endpoint: HTTPClient.Endpoint
    /// From the start of the process to its first answer to a review.
    let secondsToFirstAnswer: Double
    private let process: Process

    /// Starts a server and waits until it has answered a review.
    init(_ contender: Contender, pki: TemporaryPKI, on loop: EventLoop) async throws {
        let port = try Self.freePort()
        let command = [contender.executable] + contender.arguments(port, pki.certificate, pki.key)
        let pinning = ProcessInfo.processInfo.processorCount > 1 ? ["-c", "0"] : ["-c", "0-1023"]
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/taskset")
        process.arguments = pinning + command
        process.environment = ProcessInfo.processInfo.environment.merging(contender.environment) { $1 }
        process.standardError = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        self.process = process
        let endpoint = HTTPClient.Endpoint(
            try SocketAddress("127.0.0.1:\(port)"),
            name: "127.0.0.1",
            tls: pki.client
        )
        self.endpoint = endpoint
        let request = Load.request(path: contender.path(100), body: Review.make(bytes: 2_000))
        let begun = Deadline.now
        try process.run()
        let end = begun.advanced(by: .seconds(30))
        while true {
            do {
                try await loop.run { try await Self.ask(endpoint, request, on: loop) }
                break
            } catch HTTPClientError.notSent {  // nobody listens yet
                guard process.isRunning, Deadline.now < end else {
                    throw BenchmarkError("\(contender.name) does not start: \(command.joined(separator: " "))")
                }
                try await Task.sleep(for: .microseconds(200))
            }
        }
        secondsToFirstAnswer = begun.elapsed / .seconds(1)
    }

    /// Ends the process and waits for that. Not by SIGTERM: event loops block signals in their threads, and a process that
    /// is started from one inherits that.
    deinit {
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }

    /// What the kernel says about the process.
    var usage: ProcessUsage { ProcessUsage(identifier: process.processIdentifier) }

    private static func ask(_ endpoint: HTTPClient.Endpoint, _ request: HTTPRequest, on loop: EventLoop) async throws {
        let client = try await HTTPClient.connect(to: endpoint, on: loop, until: .after(.seconds(10)))
        defer { client.close() }
        let response = try await client.send(request, until: .after(.seconds(10)))
        guard response.status == .ok else { throw BenchmarkError("the first answer is \(response.status)") }
    }

    /// A port that was free a moment ago.
    private static func freePort() throws -> UInt16 {
        let descriptor = socket(AF_INET, CInt(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = INADDR_LOOPBACK.bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let failed = unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                unsafe bind(descriptor, pointer, length) != 0 || getsockname(descriptor, pointer, &length) != 0
            }
        }
        guard !failed else { throw BenchmarkError("no free port: errno \(errno)") }
        return UInt16(bigEndian: address.sin_port)
    }
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
