public import Document

/// What the environment of a broker container says about its HTTP listener, which answers `/health` and `/status.json`.
public enum ListenerEnvironment {
    /// The variable by which the official image takes the address of that listener: `ADDRESS:PORT`.
    public static let httpVariable = "DOCKER_VERNEMQ_LISTENER__HTTP__METRICS"
    /// The port that the official image opens on the pod's address when the variable is not set. It opens it beside any
    /// other HTTP listener, so those do not matter here.
    public static let defaultHTTPPort = 8888

    /// The HTTP listener of a container's `env`.
    ///
    /// - Returns: the port, the default where none is written literally; and whether the listener is bound to the loopback
    ///   address only, where no peer, no probe on the pod's address and no hook can reach it.
    public static func http(in environment: [JSONValue]) -> (port: Int, isLoopbackOnly: Bool) {
        // The last of two counts, as for kubelet.
        let entry = environment.last { $0["name"]?.stringValue == httpVariable }
        guard let text = entry?["value"]?.stringValue, let colon = text.lastIndex(of: ":") else {
            return (defaultHTTPPort, false)
        }
        let address = text[..<colon]
        let port = Int(text[text.index(after: colon)...]).flatMap { (1...65535).contains($0) ? $0 : nil }
        return (port ?? defaultHTTPPort, address.hasPrefix("127.") || address == "localhost")
    }
}
