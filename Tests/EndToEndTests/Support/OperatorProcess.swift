import Foundation

/// The operator of this build, serving webhooks on loopback ports.
struct OperatorProcess: Sendable {
    /// Where the API server calls it.
    let url: String
    /// Where /healthz, /readyz and /metrics are.
    let observationURL: String
    private let process: TetheredProcess
    private let entrance: [String]

    /// Starts it and returns when it is ready.
    ///
    /// - Parameters:
    ///   - entrance: the words that run a program in the API server's network.
    ///   - flags: further flags.
    static func start(
        certificates: URL,
        port: Int,
        log: URL,
        entrance: [String] = [],
        flags: [String] = []
    ) async throws -> OperatorProcess {
        let observationPort = try LoopbackPort.unused()
        let process = try TetheredProcess(
            wrapping: "/usr/bin/env",
            entrance + [
                Repository.operatorExecutable.path, "serve", "--webhook-only",
                "--listen", "127.0.0.1:\(port)",
                "--tls-cert", certificates.appendingPathComponent("tls.crt").path,
                "--tls-key", certificates.appendingPathComponent("tls.key").path,
                "--metrics-listen", "127.0.0.1:\(observationPort)",
                "--drain-delay", "0s",
            ] + flags,
            log: log
        )
        let operatorProcess = OperatorProcess(
            url: "https://127.0.0.1:\(port)",
            observationURL: "http://127.0.0.1:\(observationPort)",
            process: process,
            entrance: entrance
        )
        do {
            try await eventually("the operator is ready", within: .seconds(120)) {
                try await operatorProcess.observe("/readyz").status == 0 ? true : nil
            }
        } catch {
            try await process.stop()
            throw NeverHappened(description: "\(error)\n\(try process.printed)")
        }
        return operatorProcess
    }

    /// Sends SIGTERM, waits for the end and returns the exit status.
    @discardableResult
    func stop() async throws -> Int32 {
        try await process.stop()
    }

    /// GETs one of the paths of the plain port.
    func observe(_ path: String) async throws -> Subprocess.Output {
        try await Subprocess.run(
            "/usr/bin/env",
            entrance + ["curl", "-sSf", "--max-time", "5", observationURL + path]
        )
    }

    /// What it has logged so far.
    var log: String {
        get throws { try process.printed }
    }

    /// Makes an authority and a serving certificate for 127.0.0.1 with the operator's own command.
    static func makeCertificates(in directory: URL) async throws {
        try await Subprocess.output(
            Repository.operatorExecutable.path,
            ["certs", "--directory", directory.path, "127.0.0.1", "localhost"]
        )
    }
}
