/// Pages of the documentation that a reader goes through one after the other, and that a test goes through likewise.
struct DocumentedJourney: Sendable {
    /// A page, or a part of one.
    struct Page: Sendable {
        /// A path in the repository.
        var path: String
        /// The heading of the part that is meant, with its `#`; nil for all of it.
        var section: String?

        init(_ path: String, _ section: String? = nil) {
            (self.path, self.section) = (path, section)
        }

        /// Its commands.
        var blocks: [CommandBlock] {
            get throws { try CommandBlock.all(of: path, below: section) }
        }
    }

    /// What is read, in this order.
    var pages: [Page]
    /// A labelled StatefulSet that is there in the end; empty for none.
    var result = ""

    /// From nothing to a labelled StatefulSet, on a machine that has no cluster.
    static let trial = Self(pages: [Page("README.md", "## Try it")], result: "mqtt")

    /// Those that work with the operator's release: installing, and what comes after.
    static let releases = [
        Self(
            pages: [
                Page("README.md", "## Install it"), Page("docs/migrating.md"), Page("docs/gitops.md"),
            ],
            result: "mqtt"
        ),
        Self(pages: [Page("docs/install.md"), Page("docs/upgrading.md")], result: "broker"),
        Self(
            pages: [
                Page("docs/cli.md"), Page("docs/validation.md"), Page("docs/plugins.md"),
            ],
            result: "mqtt"
        ),
        Self(pages: [Page("docs/quick-start.md")], result: "mqtt"),
    ]

    /// That of an operator that makes its own certificates.
    static let certificates = Self(pages: [Page("docs/certificates.md")])

    /// That of a cluster that runs.
    static let running = Self(
        pages: [
            Page("docs/membership.md"), Page("docs/scaling.md"), Page("docs/status.md"),
            Page("docs/troubleshooting.md"),
            Page("docs/configuration.md"),
        ],
        result: "mqtt"
    )

    /// Every one of them.
    static let all = [trial, certificates, running] + releases
}
