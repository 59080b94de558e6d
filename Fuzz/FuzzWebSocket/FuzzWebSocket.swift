import Fuzzing

@testable import HTTP

/// Any bytes as WebSocket frames, for both roles: what is read of them does not depend on how the network cut them, and no
/// frame is larger than it may be.
@main
struct FuzzWebSocket {
    static func main() {
        Fuzzer.run { bytes in
            for role in [WebSocketRole.client, .server] {
                for limit in [64, 1 << 16] {
                    let whole = frames(bytes, in: bytes.count, role, limit)
                    for piece in [1, 7] {
                        let cut = frames(bytes, in: piece, role, limit)
                        guard cut.0 == whole.0, cut.1 == whole.1 else {
                            Fuzzer.fail("frames differ when they come in pieces of \(piece)")
                        }
                    }
                    for frame in whole.0 where frame.payload.count > limit {
                        Fuzzer.fail("a frame of \(frame.payload.count) bytes")
                    }
                }
            }
        }
    }

    private static func frames(
        _ bytes: [UInt8],
        in piece: Int,
        _ role: WebSocketRole,
        _ limit: Int
    ) -> ([WebSocketFrame], WebSocketViolation?) {
        var decoder = WebSocketFrameDecoder(role: role, payloadLimit: limit)
        var frames: [WebSocketFrame] = []
        do throws(WebSocketViolation) {
            for start in stride(from: 0, to: bytes.count, by: max(1, piece)) {
                let part = Array(bytes[start..<min(bytes.count, start + max(1, piece))])
                decoder.receive(part.span)
                while let frame = try decoder.next() { frames.append(frame) }
            }
        } catch {
            return (frames, error)
        }
        return (frames, nil)
    }
}
