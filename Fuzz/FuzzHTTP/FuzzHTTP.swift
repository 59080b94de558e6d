import Fuzzing
import HTTP

/// Any bytes as requests and as responses: what is read of them, and what is refused, does not depend on how the network cut
/// them. A reader of whom that were not true could be made to see other requests than the proxy before it.
@main
struct FuzzHTTP {
    static func main() {
        Fuzzer.run { bytes in
            for limits in [HTTPLimits(), HTTPLimits(headSize: 96, requestLineSize: 24, fieldCount: 3, bodySize: 16)] {
                let whole = requests(bytes, in: bytes.count, limits)
                for piece in [1, 7] where requests(bytes, in: piece, limits) != whole {
                    Fuzzer.fail("requests differ when they come in pieces of \(piece)")
                }
                for request in whole.requests where request.body.count > limits.bodySize {
                    Fuzzer.fail("a body of \(request.body.count) bytes")
                }
                let answers = responses(bytes, in: bytes.count, limits)
                for piece in [1, 7] where responses(bytes, in: piece, limits) != answers {
                    Fuzzer.fail("responses differ when they come in pieces of \(piece)")
                }
            }
        }
    }

    private struct Requests: Equatable {
        var requests: [HTTPRequest] = []
        var keptAlive: [Bool] = []
        var error: HTTPParseError?
    }

    private static func requests(_ bytes: [UInt8], in piece: Int, _ limits: HTTPLimits) -> Requests {
        var parser = RequestParser(limits: limits)
        var result = Requests()
        do throws(HTTPParseError) {
            for part in parts(bytes, piece) {
                parser.receive(part.span)
                reading: while true {
                    switch try parser.advance() {
                    case .needsMore: break reading
                    case .expectsContinue: continue
                    case .complete:
                        result.keptAlive.append(parser.keepsAlive)
                        result.requests.append(parser.take())
                    }
                }
            }
        } catch {
            result.error = error
        }
        return result
    }

    private struct Responses: Equatable {
        var heads: [HTTPResponseHead] = []
        var body: [UInt8] = []
        var trailers: [HTTPFields] = []
        var error: HTTPParseError?
    }

    private static func responses(_ bytes: [UInt8], in piece: Int, _ limits: HTTPLimits) -> Responses {
        var parser = ResponseParser(limits: limits)
        var result = Responses()
        do throws(HTTPParseError) {
            parser.begin(answerTo: .get)
            for part in parts(bytes, piece) {
                parser.receive(part.span)
                try read(&parser, into: &result)
            }
            parser.receiveEnd()
            try read(&parser, into: &result)
        } catch {
            result.error = error
            // How much of a broken body was handed on before the break was seen is the network's business.
            result.body = []
        }
        return result
    }

    private static func read(
        _ parser: inout ResponseParser,
        into result: inout Responses
    ) throws(HTTPParseError) {
        while true {
            switch try parser.advance() {
            case .needsMore: return
            case .head(let head): result.heads.append(head)
            case .body(let bytes): result.body += bytes
            case .end(let trailers):
                result.trailers.append(trailers)
                parser.begin(answerTo: .get)
            }
        }
    }

    private static func parts(_ bytes: [UInt8], _ piece: Int) -> [[UInt8]] {
        stride(from: 0, to: bytes.count, by: max(1, piece)).map { start in
            Array(bytes[start..<min(bytes.count, start + max(1, piece))])
        }
    }
}
