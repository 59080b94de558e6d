/// Writes a response, head and body, into one buffer (RFC 9112), so that it goes out in one call.
struct ResponseEncoder {
    /// How the connection goes on.
    enum Persistence {
        case keepAlive, close
    }

    /// The answer to `Expect: 100-continue`.
    static let proceed = Array("HTTP/1.1 100 Continue\r\n\r\n".utf8)

    /// - Parameters:
    ///   - response: what the handler said.
    ///   - version: what the client speaks: HTTP/1.0 must be told that the connection is kept.
    ///   - omitsBody: whether the request was HEAD.
    ///   - date: the value of the Date field.
    static func encode(
        _ response: HTTPResponse,
        version: HTTPVersion,
        omitsBody: Bool,
        persistence: Persistence,
        date: [UInt8]
    ) -> [UInt8] {
        let status = (200...599).contains(response.status.code) ? response.status : .internalServerError
        let body = status.forbidsContent ? [] : response.body
        var output: [UInt8] = []
        output.reserveCapacity(256 + response.fields.count * 64 + (omitsBody ? 0 : body.count))
        output.append("HTTP/1.1 ")
        output.append(String(status.code))
        output.append(" ")
        output.append(status.reason)
        output.append("\r\nDate: ")
        output.append(contentsOf: date)
        for field in response.fields where !isOwnedByServer(field.name) {
            output.append("\r\n")
            output.append(field.name)
            output.append(": ")
            output.append(field.value)
        }
        if !status.forbidsContent {
            output.append("\r\nContent-Length: ")
            output.append(String(body.count))
        }
        switch (persistence, version) {
        case (.close, _): output.append("\r\nConnection: close\r\n\r\n")
        case (.keepAlive, .http1_0): output.append("\r\nConnection: keep-alive\r\n\r\n")
        case (.keepAlive, .http1_1): output.append("\r\n\r\n")
        }
        if !omitsBody { output.append(contentsOf: body) }
        return output
    }

    private static func isOwnedByServer(_ name: String) -> Bool {
        switch name.utf8.count {
        case 4: name.equalsIgnoringCase("date")
        case 10: name.equalsIgnoringCase("connection")
        case 14: name.equalsIgnoringCase("content-length")
        case 17: name.equalsIgnoringCase("transfer-encoding")
        default: false
        }
    }
}

extension [UInt8] {
    mutating func append(_ text: String) {
        append(contentsOf: text.utf8)
    }
}
