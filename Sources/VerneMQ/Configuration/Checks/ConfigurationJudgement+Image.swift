extension ConfigurationJudgement {
    /// Keys of the virtual machine that the official image writes into its vm.args when they are variables.
    private static let carried: Set<String> = [
        "erlang.max_ports", "erlang.process_limit", "erlang.max_ets_tables", "erlang.distribution_buffer_size",
        "nodename",
        "distributed_cookie",
    ]

    /// What the broker's image, and the operator, do with settings.
    mutating func checkImage() {
        for entry in entries where entry.rule.isVMArgument {
            let key = entry.setting.key
            if key == "nodename", context.injectsNodeName {
                report(
                    value: entry.setting,
                    "the operator gives each broker the name of its pod",
                    "leave it out: with one name for all they cannot be a cluster"
                )
                continue
            }
            let isVariable = context.environmentSources.contains(entry.setting.source)
            guard context.usesOfficialImage, !(isVariable && Self.carried.contains(key)) else { continue }
            report(
                .warning,
                key: entry.setting,
                "the official image brings an etc/vm.args, and VerneMQ then ignores this key",
                Self.carried.contains(key)
                    ? "set it as \(EnvironmentName.variable(for: key) ?? key) in the broker's environment"
                    : "leave it out, or put it into an etc/vm.args of your own image"
            )
        }
        checkCookie()
        checkLicence()
    }

    /// Shell scripts read the line as text.
    private mutating func checkCookie() {
        guard let setting = effective["distributed_cookie"] else { return }
        if setting.value.contains(where: { "=#\"'".contains($0) || $0.isWhitespace }) {
            report(
                value: setting,
                isSecret: true,
                "the start scripts cannot read a cookie with blanks, quotes, # or = in it",
                "choose one of letters and digits"
            )
        } else if setting.value == "vmq" {
            report(
                .warning,
                value: setting,
                isSecret: true,
                "everybody knows VerneMQ's own cookie",
                "choose one: whoever has it rules the broker"
            )
        }
    }

    private mutating func checkLicence() {
        guard context.usesOfficialImage else { return }
        let problem = "the official image refuses to start before its licence is accepted"
        let remedy = "read it, and set accept_eula = yes (\(EnvironmentName.prefix)ACCEPT_EULA=yes) if you agree"
        if let setting = effective["accept_eula"] {
            if setting.value != "yes", context.acceptsLicence != true {
                report(.warning, value: setting, problem, remedy)
            }
        } else if context.acceptsLicence == false {
            report(.warning, absent: problem, remedy)
        }
    }
}
