import HTTP

/// What comes over `v4.channel.k8s.io`, sans I/O: the first byte of each binary message is its channel.
///
/// Source: `k8s.io/kubelet/pkg/cri/streaming/remotecommand/websocket.go`, `k8s.io/client-go/tools/remotecommand/v4.go`.
struct ExecStreams: Sendable {
    static let subprotocol = "v4.channel.k8s.io"

    /// The channels, from the client's point of view: it writes to the first and to the fifth, which resizes terminals.
    enum Channel: UInt8, Sendable, CaseIterable {
        case standardInput = 0
        case standardOutput = 1
        case standardError = 2
        case status = 3
        case resize = 4
    }

    private let limit: Int
    private(set) var standardOutput: [UInt8] = []
    private(set) var standardError: [UInt8] = []
    private var statusText: [UInt8] = []
    /// How the command ended, once that has come.
    private(set) var status: ExecStatus?

    /// A Status is a few hundred bytes.
    private static let statusLimit = 64 * 1024

    init(limit: Int) {
        self.limit = limit
    }

    /// Takes a message in. One without content only says that a channel is open.
    mutating func take(_ message: WebSocketMessage) throws(PodExecError) {
        guard case .binary(let bytes) = message else { throw .unexpected("a text message") }
        guard let number = bytes.first else { throw .unexpected("a message without a channel") }
        let content = bytes.dropFirst()
        switch Channel(rawValue: number) {
        case .standardOutput: try add(content, to: &standardOutput, limit, "standard output")
        case .standardError: try add(content, to: &standardError, limit, "standard error")
        case .status:
            // It comes in one message from a kubelet, and in as many as it likes from a proxy.
            try add(content, to: &statusText, Self.statusLimit, "the status channel")
            status = ExecStatus(statusText)
        case .standardInput, .resize, nil:
            throw .unexpected("a message on channel \(number)")
        }
    }

    /// The result, once the peer sends no more.
    func result() throws(PodExecError) -> PodCommandResult? {
        guard let status else {
            guard statusText.isEmpty else { throw .unexpected(ExecStatus.plainText(statusText)) }
            return nil
        }
        return PodCommandResult(
            standardOutput: standardOutput,
            standardError: standardError,
            exitCode: try status.exit()
        )
    }

    private func add(
        _ content: ArraySlice<UInt8>,
        to stream: inout [UInt8],
        _ limit: Int,
        _ name: String
    ) throws(PodExecError) {
        guard content.count <= limit - stream.count else { throw .outputTooLarge(stream: name, limit: limit) }
        stream += content
    }
}
