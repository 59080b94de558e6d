import ArgumentParser
import VerneMQ

/// Where plugins may come from.
struct PluginOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Allow plugins from repositories that match; may be given several times. Default: from all by https or ssh.",
            discussion: """
                [https://|ssh://]host[:port]/path; * stands for any text within a part of the path, ** for any text: \
                git.example.org/team/*
                """,
            valueName: "pattern"
        ),
        transform: { try PluginSourcePattern($0) }
    )
    var allowPluginSource: [PluginSourcePattern] = []

    /// The policy that the options make.
    var policy: PluginPolicy { PluginPolicy(patterns: allowPluginSource) }
}
