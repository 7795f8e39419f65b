// SPDX-License-Identifier: MIT
//! The command line: `--name=value` flags, each with a default.
use std::collections::HashMap;

pub struct Flags(HashMap<&'static str, String>);

impl Flags {
    /// Reads the program's arguments over `defaults`. What is no flag of this program is a wrong command line.
    pub fn parse(defaults: &[(&'static str, &str)]) -> Result<Flags, String> {
        let mut values: HashMap<_, _> = defaults.iter().map(|(name, value)| (*name, value.to_string())).collect();

        for argument in std::env::args().skip(1) {
            let flag = argument.strip_prefix("--").and_then(|rest| rest.split_once('='));
            let known = flag.and_then(|(name, value)| Some((values.get_mut(name)?, value)));
            let (slot, value) = known.ok_or(format!("{argument}: not a flag of this program"))?;
            *slot = value.to_string();
        }
        Ok(Flags(values))
    }

    /// The value of a flag that `parse` was given a default for.
    pub fn text(&self, name: &str) -> &str {
        &self.0[name]
    }

    pub fn number(&self, name: &str) -> Result<u32, String> {
        let value = self.text(name);
        value.parse().map_err(|_| format!("--{name}={value}: not a number"))
    }

    pub fn truth(&self, name: &str) -> Result<bool, String> {
        let value = self.text(name);
        value.parse().map_err(|_| format!("--{name}={value}: neither true nor false"))
    }

    /// The file that a flag names.
    pub fn file(&self, name: &str) -> Result<Vec<u8>, String> {
        let path = self.text(name);
        std::fs::read(path).map_err(|why| format!("--{name}={path}: {why}"))
    }
}
