/// Applications that every broker holds already. A plugin of such a name would take the place of the broker's own.
enum BundledApplications {
    /// Whether an application belongs to VerneMQ or to the part of Erlang/OTP that it needs.
    static func contains(_ name: String) -> Bool { names.contains(name) }

    /// The applications of VerneMQ's source tree and the OTP applications of its release.
    private static let names: Set<String> = [
        "kernel", "stdlib", "sasl", "crypto", "public_key", "ssl", "asn1", "inets", "mnesia", "os_mon", "runtime_tools",
        "compiler", "syntax_tools", "tools", "erts",
        "vmq_commons", "vmq_server", "vmq_plugin", "vmq_acl", "vmq_passwd", "vmq_bridge", "vmq_diversity",
        "vmq_webhooks", "vmq_generic_msg_store", "vmq_swc", "vmq_plumtree", "vmq_http_pub", "vmq_web_ui",
        "vmq_metadata", "vmq_ql", "vmq_updo", "vernemq_dev", "clique", "cuttlefish",
    ]
}
