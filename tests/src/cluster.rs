//! A PostgreSQL of a test's own, which it may stop and start.

use anyhow::Context as _;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The cluster; it ends with its owner.
pub struct Cluster {
    folder: PathBuf,
    url: String,
}

impl Cluster {
    /// Makes a cluster; `None`, said in one line, where tests have no PostgreSQL.
    pub fn start() -> anyhow::Result<Option<Cluster>> {
        if std::env::var_os("COBRO_TEST_POSTGRES").is_none() {
            anyhow::ensure!(
                std::env::var_os("CI").is_none(),
                "COBRO_TEST_POSTGRES is not set: nothing may be skipped here"
            );
            eprintln!("skipped on PostgreSQL: COBRO_TEST_POSTGRES is not set; ./test.sh sets it");
            return Ok(None);
        }
        // Short: the path of a socket is.
        let folder = PathBuf::from(format!("/tmp/cobro-cluster-{}", std::process::id()));
        let url = run(&["start", &folder.to_string_lossy()])?;
        Ok(Some(Cluster { folder, url: url.trim().to_owned() }))
    }

    /// Its URL; the same after it was stopped and started.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Crashes it and starts it again.
    pub fn crash(&self) -> anyhow::Result<()> {
        let folder = self.folder.to_string_lossy();
        run(&["stop", &folder, "immediate"])?;
        run(&["start", &folder]).map(|_| ())
    }

    /// Cuts the connections of all processes.
    pub fn cut(&self) -> anyhow::Result<()> {
        self.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'cobro'")
    }

    fn sql(&self, statement: &str) -> anyhow::Result<()> {
        let status =
            Command::new("psql").args(["-q", "-o", "/dev/null", "-c", statement, &self.url]).status()?;
        anyhow::ensure!(status.success(), "psql failed");
        Ok(())
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        let _ = run(&["stop", &self.folder.to_string_lossy(), "immediate"]);
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

fn run(args: &[&str]) -> anyhow::Result<String> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("postgres.sh");
    // The server keeps what it inherits open: nobody may wait for the end of its output.
    let out = std::env::temp_dir().join(format!("cobro-cluster-{}.out", std::process::id()));
    let status = Command::new(script)
        .args(args)
        .stdout(std::fs::File::create(&out)?)
        .status()
        .context("postgres.sh")?;
    anyhow::ensure!(status.success(), "postgres.sh {args:?} failed");
    Ok(std::fs::read_to_string(&out)?)
}
