/// Writes a request, head and body, into one buffer (RFC 9112), so that it goes out in one call.
enum RequestEncoder {
    /// - Parameters:
    ///   - request: what to ask; `Content-Length` is added, and `Host` unless the request has one.
    ///   - host: the value of `Host`.
    static func encode(_ request: HTTPRequest, host: String) -> [UInt8] {
        var output: [UInt8] = []
        output.reserveCapacity(256 + request.fields.count * 64 + request.body.count)
        output.append(request.method.rawValue)
        output.append(" ")
        output.append(contentsOf: request.target.utf8.map { $0 > 0x20 && $0 < 0x7F ? $0 : UInt8(ascii: "_") })
        output.append(" HTTP/1.1\r\n")
        if request.fields["Host"] == nil { output.append("Host: \(host)\r\n") }
        for field in request.fields where !field.name.equalsIgnoringCase("content-length") {
            output.append(field.name)
            output.append(": ")
            output.append(field.value)
            output.append("\r\n")
        }
        let hasBody = !request.body.isEmpty || [.post, .put, .patch].contains(request.method)
        if hasBody { output.append("Content-Length: \(request.body.count)\r\n") }
        output.append("\r\n")
        output.append(contentsOf: request.body)
        return output
    }
}
