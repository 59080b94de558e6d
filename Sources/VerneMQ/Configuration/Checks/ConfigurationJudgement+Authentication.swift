extension ConfigurationJudgement {
    /// Plugins of VerneMQ that can let a client in. The first has the short form of the login hook only.
    private static let authenticators = ["vmq_passwd", "vmq_diversity", "vmq_webhooks"]

    /// Who lets clients in, and who gets to be asked.
    mutating func checkAuthentication() {
        for entry in entries {
            guard let option = entry.rule.authenticationOption else { continue }
            switch option {
            case "allow_anonymous" where entry.setting.value == "on",
                "allow_anonymous_override" where entry.setting.value == "on":
                report(
                    .warning,
                    value: entry.setting,
                    "everybody who reaches the broker may connect",
                    "switch it off and use an authenticator"
                )
            case "forward_connection_opts" where entry.setting.value == "on": checkForwarding(entry.setting)
            case "auth_plugins", "authz_plugins": checkPluginList(entry.setting)
            default: break
            }
        }
        checkNobody()
        checkNetsplit()
    }

    private var otherPlugins: [String] {
        effective.keys.compactMap { PluginKey($0) }.filter { $0.option == nil && isOn($0.name) }.map(\.name)
            .filter { !PluginKey.bundled.contains($0) } + context.providedPlugins
    }

    private mutating func checkForwarding(_ setting: Setting) {
        guard context.isComplete, isOn("vmq_passwd") else { return }
        let problem = "with on, vmq_passwd is not asked: it has no login hook for connection details"
        if isOn("vmq_diversity") || isOn("vmq_webhooks") || !otherPlugins.isEmpty {
            report(.warning, value: setting, problem, "let the other authenticator know all users, or switch it off")
        } else if value("allow_anonymous") == "on" {
            report(.warning, value: setting, problem, "switch it off")
        } else {
            report(
                value: setting,
                problem + ", and every login is refused",
                "switch it off, or use vmq_diversity or vmq_webhooks"
            )
        }
    }

    private mutating func checkPluginList(_ setting: Setting) {
        guard !setting.value.hasReference else { return }
        let names = setting.value.split { $0 == "," || $0 == "[" || $0 == "]" || $0.isWhitespace }.map(String.init)
        for name in names where context.isComplete && !isOn(name) {
            report(
                value: setting,
                "VerneMQ refuses a list with a plugin that is off: \(name.excerpt)",
                "add plugins.\(name.excerpt) = on, or take it off the list"
            )
        }
        report(
            .warning,
            value: setting,
            "listeners start before plugins do, so VerneMQ is likely to refuse this listener when it boots",
            "try it on a broker of its own first"
        )
    }

    private mutating func checkNobody() {
        guard context.isComplete, !Self.authenticators.contains(where: isOn),
            let setting = effective["plugins.vmq_passwd"], value("allow_anonymous") != "on", otherPlugins.isEmpty,
            !entries.contains(where: {
                $0.setting.key.hasSuffix(".allow_anonymous_override") && $0.setting.value == "on"
            })
        else { return }
        report(
            .warning,
            value: setting,
            "nobody can connect: there is no authenticator, and anonymous clients are refused",
            "switch on vmq_passwd, vmq_diversity or vmq_webhooks"
        )
    }

    /// What clients may do while a member of the cluster is out of reach.
    private mutating func checkNetsplit() {
        guard let register = effective["allow_register_during_netsplit"], register.value == "on" else { return }
        report(
            .warning,
            value: register,
            "while a broker is out of reach a client may have a session on either side",
            "leave it off unless a late or doubled message does less harm than a refused client"
        )
        let off = ["publish", "subscribe", "unsubscribe"].filter { value("allow_\($0)_during_netsplit") != "on" }
        guard !off.isEmpty, context.isComplete else { return }
        report(
            .warning,
            value: register,
            "clients may connect while a broker is out of reach, and then not \(String.listing(off, "or"))",
            "switch on " + String.listing(off.map { "allow_\($0)_during_netsplit" }, "and")
        )
    }
}

extension ConfigurationRule {
    /// The last segment of a key that is about who may connect.
    fileprivate var authenticationOption: String? {
        segments.last.flatMap { Self.authenticationOptions.contains($0) ? $0 : nil }
    }

    private static let authenticationOptions: Set<String> = [
        "allow_anonymous", "allow_anonymous_override", "forward_connection_opts", "auth_plugins", "authz_plugins",
    ]
}
