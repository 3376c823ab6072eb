//! The add-in-only manifest: what classic Outlook, Outlook on Mac and mobile, and Exchange on premises read.
//!
//! Three editions in one file, each within the other: the base, which only the oldest hosts look at, overrides 1.0
//! (buttons), and overrides 1.1 (pinning, several mails, shared mailboxes, mobile, events). A host takes the newest it
//! knows. The order of elements is the schema's ([MS-OWEMXML] sections 5.2, 5.4, 5.5) and what came later is placed where
//! Microsoft's reference of the manifest places it.

use std::io;

use quick_xml::Writer;
use quick_xml::events::BytesText;

use super::source::{Action, Button, Host, Installation, SOURCE, Source, View, other, tags};

/// Office takes no larger one.
pub const MAX_BYTES: usize = 256 * 1024;

const BASE: &str = "http://schemas.microsoft.com/office/appforoffice/1.1";
const BASIC_TYPES: &str = "http://schemas.microsoft.com/office/officeappbasictypes/1.0";
const OVERRIDES_1_0: &str = "http://schemas.microsoft.com/office/mailappversionoverrides";
const OVERRIDES_1_1: &str = "http://schemas.microsoft.com/office/mailappversionoverrides/1.1";

/// Sizes of icons on the ribbon.
const RIBBON: [u32; 3] = [16, 32, 80];
/// Sizes of icons on mobile; each is wanted once, twice and thrice as large too.
const MOBILE: [u32; 3] = [25, 32, 48];

type Xml = Writer<Vec<u8>>;

/// The whole manifest. It cannot fail: it is written to memory.
pub fn manifest(installation: &Installation) -> String {
    let mut xml = Writer::new_with_indent(Vec::new(), b' ', 2);
    let written = Manifest {
        of: installation,
        source: &SOURCE,
    }
    .write(&mut xml);
    debug_assert!(written.is_ok(), "memory takes all that is written to it");
    let text = String::from_utf8_lossy(&xml.into_inner()).into_owned();
    format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n{text}\n")
}

struct Manifest<'a> {
    of: &'a Installation,
    source: &'a Source,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Edition {
    V1_0,
    V1_1,
}

impl Manifest<'_> {
    fn write(&self, xml: &mut Xml) -> io::Result<()> {
        let of = self.of;
        let root = [
            ("xmlns", BASE),
            ("xmlns:xsi", "http://www.w3.org/2001/XMLSchema-instance"),
            ("xmlns:bt", BASIC_TYPES),
            ("xsi:type", "MailApp"),
        ];
        element(xml, "OfficeApp", &root, |xml| {
            text(xml, "Id", &of.id.to_string())?;
            text(xml, "Version", &format!("{}.0", self.source.version))?;
            text(xml, "ProviderName", &self.source.provider)?;
            text(xml, "DefaultLocale", tags(of.lang)[0])?;
            self.told(xml, "DisplayName", "name")?;
            self.told(xml, "Description", "description")?;
            empty(xml, "IconUrl", &[("DefaultValue", &of.host.icon(64))])?;
            empty(
                xml,
                "HighResolutionIconUrl",
                &[("DefaultValue", &of.host.icon(128))],
            )?;
            empty(xml, "SupportUrl", &[("DefaultValue", &of.host.url("/"))])?;
            element(xml, "Hosts", &[], |xml| {
                empty(xml, "Host", &[("Name", "Mailbox")])
            })?;
            element(xml, "Requirements", &[], |xml| {
                element(xml, "Sets", &[], |xml| {
                    empty(xml, "Set", &[("Name", "Mailbox"), ("MinVersion", "1.3")])
                })
            })?;
            self.form_settings(xml)?;
            text(xml, "Permissions", "ReadWriteMailbox")?;
            empty(
                xml,
                "Rule",
                &[
                    ("xsi:type", "ItemIs"),
                    ("ItemType", "Message"),
                    ("FormType", "Read"),
                ],
            )?;
            text(xml, "DisableEntityHighlighting", "true")?;
            self.overrides(xml, Edition::V1_0)
        })
    }

    /// What hosts show that know no buttons: the pane beside a mail that is read.
    fn form_settings(&self, xml: &mut Xml) -> io::Result<()> {
        element(xml, "FormSettings", &[], |xml| {
            element(xml, "Form", &[("xsi:type", "ItemRead")], |xml| {
                element(xml, "DesktopSettings", &[], |xml| {
                    let pane = self.of.host.pane(View::Read.name());
                    empty(xml, "SourceLocation", &[("DefaultValue", &pane)])?;
                    text(xml, "RequestedHeight", "450")
                })
            })
        })
    }

    fn overrides(&self, xml: &mut Xml, edition: Edition) -> io::Result<()> {
        let (namespace, kind, least) = match edition {
            Edition::V1_0 => (OVERRIDES_1_0, "VersionOverridesV1_0", "1.3"),
            // Not more than mobile and Exchange 2016 have: what needs more is found out at run time.
            Edition::V1_1 => (OVERRIDES_1_1, "VersionOverridesV1_1", "1.5"),
        };
        element(
            xml,
            "VersionOverrides",
            &[("xmlns", namespace), ("xsi:type", kind)],
            |xml| {
                empty(xml, "Description", &[("resid", "description")])?;
                element(xml, "Requirements", &[], |xml| {
                    element(xml, "bt:Sets", &[("DefaultMinVersion", least)], |xml| {
                        empty(xml, "bt:Set", &[("Name", "Mailbox")])
                    })
                })?;
                element(xml, "Hosts", &[], |xml| {
                    element(xml, "Host", &[("xsi:type", "MailHost")], |xml| {
                        self.host(xml, edition)
                    })
                })?;
                self.resources(xml, edition)?;
                match edition {
                    Edition::V1_0 => self.overrides(xml, Edition::V1_1),
                    Edition::V1_1 => Ok(()),
                }
            },
        )
    }

    fn host(&self, xml: &mut Xml, edition: Edition) -> io::Result<()> {
        if edition == Edition::V1_1 {
            element(xml, "Runtimes", &[], |xml| {
                element(xml, "Runtime", &[("resid", "functions")], |xml| {
                    // Classic Outlook on Windows runs events without a page.
                    empty(
                        xml,
                        "Override",
                        &[("type", "javascript"), ("resid", "script")],
                    )
                })
            })?;
        }
        element(xml, "DesktopFormFactor", &[], |xml| {
            if edition == Edition::V1_1 {
                text(xml, "SupportsSharedFolders", "true")?;
            }
            empty(xml, "FunctionFile", &[("resid", "functions")])?;
            self.ribbon(xml, edition, View::Read)?;
            self.ribbon(xml, edition, View::Compose)?;
            if edition == Edition::V1_1 {
                self.events(xml)?;
            }
            Ok(())
        })?;
        if edition == Edition::V1_1 {
            self.mobile(xml)?;
        }
        Ok(())
    }

    fn ribbon(&self, xml: &mut Xml, edition: Edition, view: View) -> io::Result<()> {
        let point = match view {
            View::Read => "MessageReadCommandSurface",
            View::Compose => "MessageComposeCommandSurface",
        };
        let group = format!("sagspost.{}", view.name());
        element(xml, "ExtensionPoint", &[("xsi:type", point)], |xml| {
            element(xml, "OfficeTab", &[("id", "TabDefault")], |xml| {
                element(xml, "Group", &[("id", &group)], |xml| {
                    empty(xml, "Label", &[("resid", "name")])?;
                    self.source
                        .buttons_on(view)
                        .filter(|button| edition == Edition::V1_1 || !button.several)
                        .try_for_each(|button| write_button(xml, edition, button))
                })
            })
        })
    }

    fn events(&self, xml: &mut Xml) -> io::Result<()> {
        element(
            xml,
            "ExtensionPoint",
            &[("xsi:type", "LaunchEvent")],
            |xml| {
                element(xml, "LaunchEvents", &[], |xml| {
                    self.source.events.iter().try_for_each(|event| {
                        let mut event_is =
                            vec![("Type", &*event.xml), ("FunctionName", &*event.function)];
                        if event.ask_on_send {
                            event_is.push(("SendMode", "PromptUser"));
                        }
                        empty(xml, "LaunchEvent", &event_is)
                    })
                })?;
                empty(xml, "SourceLocation", &[("resid", "functions")])
            },
        )
    }

    fn mobile(&self, xml: &mut Xml) -> io::Result<()> {
        let point = [("xsi:type", "MobileMessageReadCommandSurface")];
        element(xml, "MobileFormFactor", &[], |xml| {
            empty(xml, "FunctionFile", &[("resid", "functions")])?;
            element(xml, "ExtensionPoint", &point, |xml| {
                element(xml, "Group", &[("id", "sagspost.mobile")], |xml| {
                    empty(xml, "Label", &[("resid", "name")])?;
                    let buttons = self
                        .source
                        .buttons_on(View::Read)
                        .filter(|button| button.mobile);
                    buttons
                        .into_iter()
                        .try_for_each(|button| write_mobile_button(xml, button))
                })
            })
        })
    }

    /// What the elements above name: pictures, addresses, and texts in both languages.
    fn resources(&self, xml: &mut Xml, edition: Edition) -> io::Result<()> {
        let host = &self.of.host;
        let buttons = || {
            let all = self.source.buttons.iter();
            all.filter(|button| edition == Edition::V1_1 || !button.several)
        };
        element(xml, "Resources", &[], |xml| {
            element(xml, "bt:Images", &[], |xml| {
                let mut sizes = RIBBON.to_vec();
                if edition == Edition::V1_1 {
                    sizes.extend(mobile_icons().map(|(size, scale)| size * scale));
                }
                sizes.sort_unstable();
                sizes.dedup();
                sizes.into_iter().try_for_each(|size| {
                    let image = [("id", &*icon(size)), ("DefaultValue", &*host.icon(size))];
                    empty(xml, "bt:Image", &image)
                })
            })?;
            element(xml, "bt:Urls", &[], |xml| {
                url(xml, "functions", host, "/addin/commands.html")?;
                if edition == Edition::V1_1 {
                    url(xml, "script", host, "/addin/commands.js")?;
                }
                let panes = self.source.panes().into_iter();
                let opened = |mode: &&str| {
                    buttons()
                        .any(|button| matches!(button.action(), Action::Pane(of) if of == *mode))
                };
                panes.filter(opened).try_for_each(|mode| {
                    let pane_is = [("id", &*pane(mode)), ("DefaultValue", &*host.pane(mode))];
                    empty(xml, "bt:Url", &pane_is)
                })
            })?;
            element(xml, "bt:ShortStrings", &[], |xml| {
                self.string(xml, "name", "name")?;
                buttons().try_for_each(|button| self.string(xml, &label(button), &button.id))
            })?;
            element(xml, "bt:LongStrings", &[], |xml| {
                self.string(xml, "description", "description")?;
                buttons().try_for_each(|button| self.string(xml, &tip(button), &button.tip()))
            })
        })
    }

    /// A text of the base manifest.
    fn told(&self, xml: &mut Xml, name: &str, key: &str) -> io::Result<()> {
        let [own, others] = self.in_both(key);
        element(xml, name, &[("DefaultValue", own)], |xml| {
            tags(other(self.of.lang))
                .iter()
                .try_for_each(|tag| empty(xml, "Override", &[("Locale", tag), ("Value", others)]))
        })
    }

    fn string(&self, xml: &mut Xml, id: &str, key: &str) -> io::Result<()> {
        let [own, others] = self.in_both(key);
        element(
            xml,
            "bt:String",
            &[("id", id), ("DefaultValue", own)],
            |xml| {
                tags(other(self.of.lang)).iter().try_for_each(|tag| {
                    empty(xml, "bt:Override", &[("Locale", tag), ("Value", others)])
                })
            },
        )
    }

    fn in_both(&self, key: &str) -> [&str; 2] {
        [self.of.lang, other(self.of.lang)].map(|lang| self.source.text(lang, key))
    }
}

fn write_button(xml: &mut Xml, edition: Edition, button: &Button) -> io::Result<()> {
    let (label, tip) = (label(button), tip(button));
    let control = [("xsi:type", "Button"), ("id", button.id.as_str())];
    element(xml, "Control", &control, |xml| {
        empty(xml, "Label", &[("resid", &label)])?;
        element(xml, "Supertip", &[], |xml| {
            empty(xml, "Title", &[("resid", &label)])?;
            empty(xml, "Description", &[("resid", &tip)])
        })?;
        element(xml, "Icon", &[], |xml| {
            RIBBON.iter().try_for_each(|size| {
                let image = [("size", &*size.to_string()), ("resid", &*icon(*size))];
                empty(xml, "bt:Image", &image)
            })
        })?;
        match button.action() {
            Action::Function(name) => {
                element(xml, "Action", &[("xsi:type", "ExecuteFunction")], |xml| {
                    text(xml, "FunctionName", name)
                })
            }
            Action::Pane(mode) => element(xml, "Action", &[("xsi:type", "ShowTaskpane")], |xml| {
                empty(xml, "SourceLocation", &[("resid", &pane(mode))])?;
                if edition == Edition::V1_0 {
                    return Ok(());
                }
                if button.pinned {
                    text(xml, "SupportsPinning", "true")?;
                }
                if button.several {
                    text(xml, "SupportsMultiSelect", "true")?;
                }
                Ok(())
            }),
        }
    })
}

fn write_mobile_button(xml: &mut Xml, button: &Button) -> io::Result<()> {
    let id = format!("{}.mobile", button.id);
    let control = [("xsi:type", "MobileButton"), ("id", &*id)];
    element(xml, "Control", &control, |xml| {
        empty(xml, "Label", &[("resid", &label(button))])?;
        element(xml, "Icon", &[("xsi:type", "bt:MobileIconList")], |xml| {
            mobile_icons().try_for_each(|(size, scale)| {
                let image = [
                    ("size", &*size.to_string()),
                    ("scale", &*scale.to_string()),
                    ("resid", &*icon(size * scale)),
                ];
                empty(xml, "bt:Image", &image)
            })
        })?;
        let (Action::Pane(mode) | Action::Function(mode)) = button.action();
        element(xml, "Action", &[("xsi:type", "ShowTaskpane")], |xml| {
            empty(xml, "SourceLocation", &[("resid", &pane(mode))])
        })
    })
}

fn mobile_icons() -> impl Iterator<Item = (u32, u32)> {
    MOBILE
        .into_iter()
        .flat_map(|size| (1..=3).map(move |scale| (size, scale)))
}

/// Names of resources; at most 32 characters. The pane and the commands name `icon.16` in their notifications.
fn icon(pixels: u32) -> String {
    format!("icon.{pixels}")
}

fn pane(mode: &str) -> String {
    format!("pane.{mode}")
}

fn label(button: &Button) -> String {
    format!("{}.label", button.id)
}

fn tip(button: &Button) -> String {
    format!("{}.tip", button.id)
}

fn url(xml: &mut Xml, id: &str, host: &Host, path: &str) -> io::Result<()> {
    empty(
        xml,
        "bt:Url",
        &[("id", id), ("DefaultValue", &host.url(path))],
    )
}

fn element(
    xml: &mut Xml,
    name: &str,
    attributes: &[(&str, &str)],
    inner: impl FnOnce(&mut Xml) -> io::Result<()>,
) -> io::Result<()> {
    xml.create_element(name)
        .with_attributes(attributes.iter().copied())
        .write_inner_content(inner)?;
    Ok(())
}

fn empty(xml: &mut Xml, name: &str, attributes: &[(&str, &str)]) -> io::Result<()> {
    xml.create_element(name)
        .with_attributes(attributes.iter().copied())
        .write_empty()?;
    Ok(())
}

fn text(xml: &mut Xml, name: &str, content: &str) -> io::Result<()> {
    xml.create_element(name)
        .write_text_content(BytesText::new(content))?;
    Ok(())
}
