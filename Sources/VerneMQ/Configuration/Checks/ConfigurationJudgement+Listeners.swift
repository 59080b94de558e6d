extension ConfigurationJudgement {
    /// A listener, put together from its lines.
    private struct Listener {
        var transport: String
        var name: String
        /// The line with its address; nil where there is none.
        var line: Setting?
        /// Its options, the last of each.
        var options: [String: Setting] = [:]
        /// The first line that names it.
        var first: Setting

        var title: String { "listener.\(transport).\(name)" }
    }

    /// Where a listener listens. Without an address it is the pod's own, which nobody knows yet.
    private struct Place {
        var host: IPAddress?
        var port: Int
        var title: String
        var setting: Setting?

        func collides(with other: Place) -> Bool {
            guard port == other.port, port != 0 else { return false }
            guard let host, let otherHost = other.host else {
                let known = host ?? other.host
                return known.map { !$0.isLoopback } ?? true
            }
            return ListenerAddress(host: host, port: port).collides(with: ListenerAddress(host: otherHost, port: port))
        }
    }

    /// Listeners that the official image adds where they are not set, all on the pod's address.
    private static let imageListeners = [
        ("tcp", "default", 1883), ("ws", "default", 8080), ("vmq", "clustering", 44053), ("http", "metrics", 8888),
    ]

    mutating func checkListeners() {
        let listeners = collect()
        checkOrphans(listeners)
        checkCollisions(listeners)
        for listener in listeners {
            checkCertificates(listener)
            if schema.isBroken(listener.transport, version) {
                report(
                    key: listener.line ?? listener.first,
                    "no listener of this transport can be opened by VerneMQ \(version)",
                    "use listener.vmq.\(listener.name) in a network of its own"
                )
            }
            if listener.transport == "vmq", let address = listener.line.flatMap({ ListenerAddress($0.value) }),
                address.host.isLoopback, let line = listener.line
            {
                report(.warning, value: line, "no other broker reaches it", "bind it to 0.0.0.0")
            }
        }
        checkClusterListener(listeners)
    }

    private func collect() -> [Listener] {
        var listeners: [Listener] = []
        var positions: [String: Int] = [:]
        for entry in entries {
            let key = entry.setting.key
            guard let parsed = ListenerKey(key, options: schema.optionNames), let transport = parsed.transport,
                let name = parsed.name, let title = parsed.listener
            else { continue }
            let position: Int
            if let known = positions[title] {
                position = known
            } else {
                position = listeners.count
                positions[title] = position
                listeners.append(Listener(transport: transport, name: name, first: entry.setting))
            }
            if let option = parsed.option {
                listeners[position].options[option] = entry.setting
            } else {
                listeners[position].line = entry.setting
            }
        }
        return listeners
    }

    private func isOfImage(_ listener: Listener) -> Bool {
        context.usesOfficialImage
            && Self.imageListeners.contains { $0.0 == listener.transport && $0.1 == listener.name }
    }

    /// Options of listeners that have no line with an address.
    private mutating func checkOrphans(_ listeners: [Listener]) {
        guard context.isComplete else { return }
        for listener in listeners where listener.line == nil && !isOfImage(listener) {
            if let address = value(listener.title) {
                report(
                    .warning,
                    key: listener.first,
                    "there is no \(listener.title), so VerneMQ opens it at \(address)",
                    "add \(listener.title) = ADDRESS:PORT"
                )
            } else {
                report(
                    .warning,
                    key: listener.first,
                    "there is no \(listener.title), so it does nothing",
                    "add \(listener.title) = ADDRESS:PORT"
                )
            }
        }
    }

    private mutating func checkCollisions(_ listeners: [Listener]) {
        var places: [Place] = []
        if context.usesOfficialImage {
            for (transport, name, port) in Self.imageListeners where effective["listener.\(transport).\(name)"] == nil {
                let title = "listener.\(transport).\(name), which the official image adds"
                places.append(Place(host: nil, port: port, title: title))
            }
        }
        // By port, so that many listeners are not compared with each other.
        var byPort = Dictionary(grouping: places, by: \.port)
        for listener in listeners {
            guard let place = place(of: listener), let setting = listener.line ?? Optional(listener.first) else {
                continue
            }
            if let other = byPort[place.port]?.first(where: place.collides(with:)) {
                let origin = other.setting.map { " at \($0.keyPath)" } ?? ""
                report(
                    value: setting,
                    "it collides with \(other.title)\(origin)",
                    "choose another port" + (other.setting == nil ? ", or set that listener yourself" : "")
                )
            }
            checkDistribution(place, setting)
            byPort[place.port, default: []].append(place)
        }
    }

    private func place(of listener: Listener) -> Place? {
        guard let text = listener.line?.value ?? value(listener.title) else { return nil }
        if listener.line == nil, isOfImage(listener) { return nil }
        if let address = ListenerAddress(text) {
            return Place(host: address.host, port: address.port, title: listener.title, setting: listener.line)
        }
        // `$(MY_POD_IP):1883`
        guard text.hasReference, let colon = text.lastIndex(of: ":"),
            let port = Int(text[text.index(after: colon)...])
        else { return nil }
        return Place(host: nil, port: port, title: listener.title, setting: listener.line)
    }

    /// Ports that Erlang takes for itself.
    private mutating func checkDistribution(_ place: Place, _ setting: Setting) {
        guard !(place.host?.isLoopback ?? false) else { return }
        if place.port == 4369 {
            report(value: setting, "port 4369 is that of Erlang's port mapper", "choose another port")
        } else if context.usesOfficialImage, (9100...9109).contains(place.port) {
            let problem = "brokers of the official image talk to each other on ports 9100 to 9109"
            report(.warning, value: setting, problem, "choose another port")
        }
    }

    private mutating func checkCertificates(_ listener: Listener) {
        guard ListenerKey.secureTransports.contains(listener.transport), let line = listener.line, context.isComplete
        else {
            return
        }
        let missing = ["certfile", "keyfile"].filter { option(listener, $0)?.isEmpty ?? true }
        let usesPSK = option(listener, "psk_support") == "on"
        if !missing.isEmpty, !usesPSK {
            report(
                key: line,
                "a listener with TLS needs a \(String.listing(missing, "and"))",
                "add " + String.listing(missing.map { "\(listener.title).\($0)" }, "and")
            )
        }
        let requires = option(listener, "require_certificate") == "on"
        if requires, option(listener, "cafile")?.isEmpty ?? true {
            report(
                key: listener.options["require_certificate"] ?? line,
                "it asks clients for certificates that nobody can check without a cafile",
                "add \(listener.title).cafile"
            )
        }
        if let identity = listener.options["use_identity_as_username"], identity.value == "on", !requires {
            report(
                .warning,
                key: identity,
                "clients need not show a certificate that names them",
                "add \(listener.title).require_certificate = on"
            )
        }
    }

    /// An option of a listener, that of all listeners of its transport where it has none of its own.
    private func option(_ listener: Listener, _ name: String) -> String? {
        listener.options[name]?.value ?? value("listener.\(listener.transport).\(name)")
    }

    /// A configuration file of one's own replaces the stock one, and with it the listener for other brokers.
    private mutating func checkClusterListener(_ listeners: [Listener]) {
        guard context.isComplete, !context.usesOfficialImage, settings.contains(where: { $0.source == .file }),
            !listeners.contains(where: { ["vmq", "vmqs"].contains($0.transport) })
        else { return }
        report(
            .warning,
            absent: "there is no listener for other brokers, so this one cannot be in a cluster",
            "add listener.vmq.clustering = 0.0.0.0:44053"
        )
    }
}

extension ConfigurationSchema {
    /// Whether no listener of a transport can be opened.
    fileprivate func isBroken(_ transport: String, _ version: VerneMQVersion) -> Bool {
        guard case .known(let rule, _) = rule(for: "listener.\(transport).name", version: version, suggesting: false)
        else {
            return false
        }
        return rule.isBroken(in: version)
    }
}
