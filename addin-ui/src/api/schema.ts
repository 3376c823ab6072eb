// Made by `npm run types` from the service's contract. Do not edit.

export interface paths {
    "/api/v1/addin": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What the add-in needs to know before anybody has signed in */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["AddinSettings"];
                    };
                };
                /** @description What went wrong, and what to do */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemBody"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/audit": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The audit log, newest first; for auditors alone */
        get: {
            parameters: {
                query?: {
                    /** @description A case, by its id or its number: what was done with it, with what is on it, and with its mails. */
                    case?: string;
                    /** @description A mail, file or entry by its id; beside a case, of what was done on that case. */
                    subject?: string;
                    /** @description A user by name: what they did, and what was done for them. */
                    person?: string;
                    from?: string;
                    before?: string;
                    /** @description 1 to 200; 50 when left out. */
                    limit?: number;
                    /** @description From `next_cursor` of the page before. */
                    cursor?: number;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["AuditPage"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemBody"];
                    };
                };
                /** @description What went wrong, and what to do */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemBody"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/case-templates": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Templates for new cases, by name */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["NamedCaseTemplate"][];
                    };
                };
                /** @description What went wrong, and what to do */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemBody"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/case-templates/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Keep a template, in place of the one of its name; for administrators and registrars */
        put: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    name: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["CaseTemplateBody"];
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["NamedCaseTemplate"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemBody"];
                    };
                };
                /** @description What went wrong, and what to do */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemBody"];
                    };
                };
            };
        };
        post?: never;
        /** Keep a template no longer; for administrators and registrars */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    name: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemBody"];
                    };
                };
                /** @description What went wrong, and what to do */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemBody"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/cases": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Cases, newest first; recents by last use */
        get: {
            parameters: {
                query?: {
                    /** @description Words; each must begin a word of number, title, KLE number or a party. */
                    q?: string;
                    status?: components["schemas"]["CaseStatus"];
                    /** @description `all`, `recent` or `favourite`; all when left out. */
                    filter?: "all" | "recent" | "favourite";
                    limit?: number;
                    cursor?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["CasePage"];
                    };
                };
                /** @description What went wrong, and what to do */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemBody"];
                    };
                };
            };
        };
        put?: never;
        /** Create a case */
        post: {
            parameters: {
                query?: never;
                header: {
                    /** @description New for each case; a repetition makes no second one. */
                    "Idempotency-Key": string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["CaseWish"];
                };
            };
            responses: {
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["CaseDetail"];
                    };
                };
                /** @description What went wrong, and what to do */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemBody"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/cases/emergency": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Open a restricted case for reading, for eight hours; those who manage it are told who did and why. For the role
         *     `emergency`, and never for another
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["EmergencyWish"];
                };
            };
            responses: {
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["EmergencyOpening"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemBody"];
                    };
                };
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemBody"];
                    };
                };
                /** @description What went wrong, and what to do */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemBody"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/cases/proposal": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Propose a case for a mail that belongs on none yet */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["ProposalAsked"];
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["CaseProposal"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemBody"];
                    };
                };
                /** @description What went wrong, and what to do */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemBody"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/cases/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One case; its ETag is needed to change it */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["CaseDetail"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemBody"];
                    };
                };
                /** @description What went wrong, and what to do */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemBody"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /** Close or reopen a case, or say who may see it; If-Match must hold its ETag */
        patch: {
            parameters: {
                query?: never;
                header?: {
                    "If-Match"?: string | null;
                };
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["Change"];
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["CaseDetail"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemBody"];
                    };
                };
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemBody"];
                    };
                };
                412: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemBody"];
                    };
                };
                /** @description What went wrong, and what to do */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemBody"];
                    };
                };
            };
        };
        trace?: never;
    };
    "/api/v1/cases/{id}/documents": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The documents of a case */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Document"][];
                    };
                };
                /** @description What went wrong, and what to do */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemBody"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/cases/{id}/favourite": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Keep a case among your favourites */
        put: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description What went wrong, and what to do */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemBody"];
                    };
                };
            };
        };
        post?: never;
        /** A favourite no longer */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description What went wrong, and what to do */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemBody"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/cases/{id}/notes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Note on a case what was said: a small document, final from the first */
        post: {
            parameters: {
                query?: never;
                header: {
                    /** @description New for each note; a repetition makes no second one. */
                    "Idempotency-Key": string;
                };
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["NoteWish"];
                };
            };
            responses: {
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["EntryBody"];
                    };
                };
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemBody"];
                    };
                };
                /** @description What went wrong, and what to do */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemBody"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/documents": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** File documents on a case: one or several files, named by the rules, all of them or none */
        post: {
            parameters: {
                query?: never;
                header: {
                    /** @description New for each act; a repetition changes nothing. */
                    "Idempotency-Key": string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "multipart/form-data": components["schemas"]["DocumentsForm"];
                };
            };
            responses: {
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["EntryBody"];
                    };
                };
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemBody"];
                    };
                };
                /** @description What went wrong, and what to do */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemBody"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What happens, as server-sent events: `mail.new`, `suggestion.ready`, `entry.committed`, `entry.undone`,
         *     `entry.delivered`, `entry.failed`, `mark.failed`, `mail.not_for_a_case`, `mail.not_for_a_case_undone`, `mail.assigned`,
         *     `mail.snoozed`, `mail.waiting`, `case.changed`, `mailbox.changed`, `rule.changed`. `Last-Event-ID` continues where it was
         *     left
         */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "text/event-stream": unknown;
                    };
                };
                /** @description What went wrong, and what to do */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemBody"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/files/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A file of a document */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description As it came, by its own media type */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "*/*": unknown;
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemBody"];
                    };
                };
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemBody"];
                    };
                };
                /** @description What went wrong, and what to do */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemBody"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/journal": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Journal a mail on a case */
        post: {
            parameters: {
                query?: never;
                header: {
                    /** @description New for each act; a repetition changes nothing. */
                    "Idempotency-Key": string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["Wish"];
                };
            };
            responses: {
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Journaled"];
                    };
                };
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemBody"];
                    };
                };
                /** @description What went wrong, and what to do */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemBody"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/journal/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A journal entry and its state */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["EntryDetail"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemBody"];
                    };
                };
                /** @description What went wrong, and what to do */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemBody"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        /** Undo a journaling, within the organisation's time */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["EntryBody"];
                    };
                };
                /** @description What went wrong, and what to do */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemBody"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/journal/{id}/access": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Say who may see what was filed; for whoever filed it, and those who manage the case */
        put: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["EntryAccess"];
                };
            };
            responses: {
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemBody"];
                    };
                };
                /** @description What went wrong, and what to do */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemBody"];
                    };
                };
            };
        };
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/journal/{id}/retry": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Try again what failed after a journaling */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["EntryBody"];
                    };
                };
                /** @description What went wrong, and what to do */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemBody"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/kle": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Numbers of the subject plan that begin so, or whose title or keywords have such words */
        get: {
            parameters: {
                query: {
                    /** @description The beginning of a number (`27.`, `27.35`), or of words of a title or keyword. */
                    query: string;
                    /** @description 1 to 200; 50 when left out. */
                    limit?: number;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["KleEntries"];
                    };
                };
                /** @description What went wrong, and what to do */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemBody"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/kle/suggestions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Subjects for a new case from a mail you may see, or from a text, with reasons */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["KleAsked"];
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["KleSuggestions"];
                    };
                };
                /** @description What went wrong, and what to do */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemBody"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/letters/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How far letters to many have come; for whoever asked for them */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["LettersBody"];
                    };
                };
                /** @description What went wrong, and what to do */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemBody"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/letters/{id}/retry": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Try again where no letters could be made */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["LettersBody"];
                    };
                };
                /** @description What went wrong, and what to do */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemBody"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/mailboxes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Mailboxes and their state */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Mailbox"][];
                    };
                };
                /** @description What went wrong, and what to do */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemBody"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/mailboxes/{id}/folders": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Folders of a mailbox, and the cases that they are tied to */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["MailboxFolder"][];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemBody"];
                    };
                };
                /** @description What went wrong, and what to do */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemBody"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/mailboxes/{id}/folders/{folder}/case": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Tie a folder to a case: what is put there is journaled on it */
        put: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                    folder: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["FolderCase"];
                };
            };
            responses: {
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemBody"];
                    };
                };
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemBody"];
                    };
                };
                /** @description What went wrong, and what to do */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemBody"];
                    };
                };
            };
        };
        post?: never;
        /** Untie a folder; what was journaled from it stays */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                    folder: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemBody"];
                    };
                };
                /** @description What went wrong, and what to do */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemBody"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/mails": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Mails, newest first */
        get: {
            parameters: {
                query?: {
                    mailbox?: string;
                    thread?: string;
                    /** @description Words; each must begin a word of the mail. */
                    q?: string;
                    /** @description Sender's address. */
                    from?: string;
                    kind?: components["schemas"]["MailKind"];
                    received_from?: string;
                    received_before?: string;
                    journaled?: boolean;
                    /** @description Whether what follows a journaling of it has failed and waits for a person: see `marks` of the entry too. */
                    failed?: boolean;
                    /** @description Whether somebody said that it belongs on no case; the queue asks for `false`. */
                    not_for_a_case?: boolean;
                    /** @description Add the best suggestion to each mail. */
                    suggest?: boolean;
                    /** @description 1 to 200; 50 when left out. */
                    limit?: number;
                    /** @description From `next_cursor` of the page before. */
                    cursor?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["MailPage"];
                    };
                };
                /** @description What went wrong, and what to do */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemBody"];
                    };
                };
            };
        };
        put?: never;
        /** Send a mail in (message/rfc822) that no mailbox you may see holds; only you see it until it is filed */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "message/rfc822": string;
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Uploaded"];
                    };
                };
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Uploaded"];
                    };
                };
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemBody"];
                    };
                };
                /** @description What went wrong, and what to do */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemBody"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/mails/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One mail with its text */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["MailDetail"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemBody"];
                    };
                };
                /** @description What went wrong, and what to do */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemBody"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/mails/{id}/attachments/{path}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One attachment, decoded */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                    /** @description Its place among the mail's attachments, from 0; `1.0` is the first of what the second one holds. */
                    path: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description As it came, by its own media type */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "*/*": unknown;
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemBody"];
                    };
                };
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemBody"];
                    };
                };
                /** @description What went wrong, and what to do */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemBody"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/mails/{id}/decisions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What rules said of a mail, why, and what followed */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["MailDecisions"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemBody"];
                    };
                };
                /** @description What went wrong, and what to do */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemBody"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/mails/{id}/following": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Whether a mail's thread is followed */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Following"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemBody"];
                    };
                };
                /** @description What went wrong, and what to do */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemBody"];
                    };
                };
            };
        };
        /** Follow a mail's thread to a case from now on, or stop */
        put: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["FollowingWish"];
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Following"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemBody"];
                    };
                };
                /** @description What went wrong, and what to do */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemBody"];
                    };
                };
            };
        };
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/mails/{id}/html": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The mail as a page to read: safe to show, with all it shows within it */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "text/html": unknown;
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemBody"];
                    };
                };
                /** @description What went wrong, and what to do */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemBody"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/mails/{id}/not-for-a-case": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Say that a mail belongs on no case; repeated, it changes nothing. A mail that is journaled is refused */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["SaidNotForACase"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemBody"];
                    };
                };
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemBody"];
                    };
                };
                /** @description What went wrong, and what to do */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemBody"];
                    };
                };
            };
        };
        /** Take it back; the mail waits again */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemBody"];
                    };
                };
                /** @description What went wrong, and what to do */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemBody"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/mails/{id}/raw": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The mail as it was received */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "message/rfc822": unknown;
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemBody"];
                    };
                };
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemBody"];
                    };
                };
                /** @description What went wrong, and what to do */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemBody"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/marks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Make a mark for a mail that is written on a case: answers to the mail come back to the case */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["MarkedCase"];
                };
            };
            responses: {
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["MailMark"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemBody"];
                    };
                };
                /** @description What went wrong, and what to do */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemBody"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/me": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Who the caller is, their roles, and whom they may act for */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Me"];
                    };
                };
                /** @description What went wrong, and what to do */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemBody"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/messages/lookup": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Look a mail up by its Message-ID (JSON), or by the mail itself (message/rfc822) */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["LookupAsked"];
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Found"];
                    };
                };
                /** @description What went wrong, and what to do */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemBody"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/notices": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What you have not seen yet of the cases you manage, the oldest first */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["NoticeBody"][];
                    };
                };
                /** @description What went wrong, and what to do */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemBody"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/notices/{id}/seen": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** A notice was seen */
        put: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemBody"];
                    };
                };
                /** @description What went wrong, and what to do */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemBody"];
                    };
                };
            };
        };
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/quality": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How often people took what was suggested, of the last 2,000 mails that were filed */
        get: {
            parameters: {
                query?: {
                    /** @description Only what this user chose: yourself. */
                    user?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Quality"];
                    };
                };
                /** @description What went wrong, and what to do */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemBody"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/queue": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The mails that wait, the newest first */
        get: {
            parameters: {
                query?: {
                    mailbox?: string;
                    /** @description `mine`, `nobody`, or a person or unit: `user:birthe.lund`, `unit:teknik`. */
                    assigned?: string;
                    /** @description Those past their deadline alone. */
                    overdue?: boolean;
                    /** @description Those that were put off, or those that were not; the latter when left out, and either with `mails`. */
                    snoozed?: boolean;
                    /** @description A part of the sender's name or address. */
                    sender?: string;
                    /** @description Words; each must begin a word of the mail. */
                    q?: string;
                    /** @description Ids parted by commas, at most 100: of these mails alone. */
                    mails?: string;
                    /** @description The oldest first. */
                    oldest_first?: boolean;
                    /** @description 1 to 200; 50 when left out. */
                    limit?: number;
                    /** @description From `next_cursor` of the page before. */
                    cursor?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["QueuePage"];
                    };
                };
                /** @description What went wrong, and what to do */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemBody"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/queue/assign": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Give mails to a person or a unit, or back to the queue. Whoever gets a mail sees it by that */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["Given"];
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ActedOn"];
                    };
                };
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemBody"];
                    };
                };
                /** @description What went wrong, and what to do */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemBody"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/queue/assignees": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Whom mail can be given to, at most 20 */
        get: {
            parameters: {
                query?: {
                    /** @description A part of the name; all, in order, when left out. */
                    q?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Assignee"][];
                    };
                };
                /** @description What went wrong, and what to do */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemBody"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/queue/snooze": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Put mails off until a moment, or wake them */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["PutOff"];
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ActedOn"];
                    };
                };
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemBody"];
                    };
                };
                /** @description What went wrong, and what to do */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemBody"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/queue/take": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Take mails yourself; one that another person has is refused */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["Taken"];
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ActedOn"];
                    };
                };
                /** @description What went wrong, and what to do */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemBody"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/rules": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Automatic rules that you may see */
        get: {
            parameters: {
                query?: {
                    /** @description `organisation`, `mailbox:<id>` or `person:<user name>`; all that you may see when left out. */
                    owner?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["RuleList"];
                    };
                };
                /** @description What went wrong, and what to do */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemBody"];
                    };
                };
            };
        };
        put?: never;
        /** Write a rule, behind the others of its owner */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["NewRule"];
                };
            };
            responses: {
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["AutomaticRule"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemBody"];
                    };
                };
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["RuleMistakes"];
                    };
                };
                /** @description What went wrong, and what to do */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemBody"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/rules/check": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Read what somebody writes, without keeping it */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["RuleToCheck"];
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["RuleChecked"];
                    };
                };
                /** @description What went wrong, and what to do */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemBody"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/rules/dry-run": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Try rules on stored mail that you see, beside what people did; nothing is done. Events: `progress`, then `result` or
         *     `problem`
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["DryRun"];
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "text/event-stream": components["schemas"]["DryRunResult"];
                    };
                };
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["RuleMistakes"];
                    };
                };
                /** @description What went wrong, and what to do */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemBody"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/rules/order": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Put the rules of an owner into another order */
        put: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["RuleOrder"];
                };
            };
            responses: {
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                412: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemBody"];
                    };
                };
                /** @description What went wrong, and what to do */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemBody"];
                    };
                };
            };
        };
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/rules/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One rule; its ETag is needed to change it */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["AutomaticRule"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemBody"];
                    };
                };
                /** @description What went wrong, and what to do */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemBody"];
                    };
                };
            };
        };
        /** Change what a rule says; If-Match, or `version`, must be its version */
        put: {
            parameters: {
                query?: never;
                header?: {
                    "If-Match"?: string | null;
                };
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["RuleChange"];
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["AutomaticRule"];
                    };
                };
                412: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemBody"];
                    };
                };
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["RuleMistakes"];
                    };
                };
                428: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemBody"];
                    };
                };
                /** @description What went wrong, and what to do */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemBody"];
                    };
                };
            };
        };
        post?: never;
        /** Remove a rule; what it did stays */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemBody"];
                    };
                };
                /** @description What went wrong, and what to do */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemBody"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/rules/{id}/decisions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What a rule said of mails that you see, newest first */
        get: {
            parameters: {
                query?: {
                    limit?: number;
                    cursor?: string;
                };
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["RuleDecisions"];
                    };
                };
                /** @description What went wrong, and what to do */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemBody"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/rules/{id}/mode": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Switch a rule on, off, or to shadow mode, in which it only records what it would do */
        put: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["RuleModeWish"];
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["AutomaticRule"];
                    };
                };
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemBody"];
                    };
                };
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["RuleMistakes"];
                    };
                };
                /** @description What went wrong, and what to do */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemBody"];
                    };
                };
            };
        };
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/rules/{id}/undo-run": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Take back what a rule has done, since a moment or with some mails */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["RuleUndo"];
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["RuleUndone"];
                    };
                };
                /** @description What went wrong, and what to do */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemBody"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/rules/{id}/versions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Every version of a rule, newest first */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["RuleVersion"][];
                    };
                };
                /** @description What went wrong, and what to do */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemBody"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/rules/{id}/versions/{version}/restore": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Go back to a version; that is a new version */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                    version: number;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["AutomaticRule"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemBody"];
                    };
                };
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["RuleMistakes"];
                    };
                };
                /** @description What went wrong, and what to do */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemBody"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/suggestions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Suggestions for a mail: one that is stored (JSON), or the mail itself (message/rfc822) */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["Asked"];
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Suggestions"];
                    };
                };
                /** @description What went wrong, and what to do */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemBody"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/suggestions/{mail_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Why a mail's cases are suggested: every feature that counted, with its weight */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    mail_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Explanation"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemBody"];
                    };
                };
                /** @description What went wrong, and what to do */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemBody"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/templates": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The templates you may use */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["TemplateBody"][];
                    };
                };
                /** @description What went wrong, and what to do */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemBody"];
                    };
                };
            };
        };
        put?: never;
        /** Keep a new template; one with mistakes is refused with all of them */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "multipart/form-data": components["schemas"]["TemplateForm"];
                };
            };
            responses: {
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["TemplateBody"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemBody"];
                    };
                };
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemBody"];
                    };
                };
                /** @description What went wrong, and what to do */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemBody"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/templates/check": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Check a template without keeping it */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "multipart/form-data": components["schemas"]["VersionForm"];
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Checked"];
                    };
                };
                /** @description What went wrong, and what to do */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemBody"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/templates/fields": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The fields that templates can have, beside those they ask for themselves (`felt.NAME`) */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["FieldBody"][];
                    };
                };
                /** @description What went wrong, and what to do */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemBody"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/templates/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A template and its versions */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["TemplateDetail"];
                    };
                };
                /** @description What went wrong, and what to do */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemBody"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        /** Offer a template to nobody any more; letters that were made of it stay */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description What went wrong, and what to do */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemBody"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/templates/{id}/file": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A version of a template as it was sent in */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                    /** @description The latest when left out. */
                    version: number | null;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The template */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "*/*": unknown;
                    };
                };
                /** @description What went wrong, and what to do */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemBody"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/templates/{id}/letters": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Make a letter on each of many cases, or to each of many parties; each case gets all of its letters or none */
        post: {
            parameters: {
                query?: never;
                header: {
                    /** @description New for each act; a repetition makes nothing more. */
                    "Idempotency-Key": string;
                };
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["LettersWish"];
                };
            };
            responses: {
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["LettersBody"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemBody"];
                    };
                };
                /** @description What went wrong, and what to do */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemBody"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/templates/{id}/preview": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What a template says, paragraph by paragraph, with its fields shown */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                    /** @description The latest when left out. */
                    version: number | null;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ParagraphBody"][];
                    };
                };
                /** @description What went wrong, and what to do */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemBody"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/templates/{id}/render": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Fill a template in with a case; nothing is filed */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["RenderWish"];
                };
            };
            responses: {
                /** @description A Word document */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "*/*": unknown;
                    };
                };
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemBody"];
                    };
                };
                /** @description What went wrong, and what to do */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemBody"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/templates/{id}/versions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Keep a new version of a template */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "multipart/form-data": components["schemas"]["VersionForm"];
                };
            };
            responses: {
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["TemplateBody"];
                    };
                };
                /** @description What went wrong, and what to do */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemBody"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /**
         * @description Who sees a case that nobody is named on.
         * @enum {string}
         */
        AccessCode: "open" | "restricted";
        AccessInWords: {
            code: components["schemas"]["AccessCode"];
            /** @description Who would be on its list, as `POST /cases` takes it; null when everybody sees it. */
            list?: components["schemas"]["Allowed"][] | null;
            /** @description Why access should be restricted; empty when it may stay open. */
            reasons: components["schemas"]["AccessReasonInWords"][];
        };
        AccessReasonInWords: {
            category: components["schemas"]["Category"];
            /** @description How often it was found. */
            count: number;
            text: string;
            /** @description Some of the words; none for CPR numbers. */
            words: string[];
        };
        /** @description What became of one mail. */
        ActResult: {
            before?: components["schemas"]["BeforeAct"] | null;
            /** Format: uuid */
            mail_id: string;
            problem?: components["schemas"]["ProblemBody"] | null;
        };
        ActedOn: {
            results: components["schemas"]["ActResult"][];
        };
        AddinSettings: {
            /** @description Whether what follows in a thread goes to the case of a mail that is journaled, when nobody says anything. */
            follow_threads: components["schemas"]["Follow"];
            /** @description Whether people can sign in at the organisation's provider at all. */
            has_provider: boolean;
            nested_sign_in?: components["schemas"]["NestedSignIn"] | null;
            on_send: components["schemas"]["OnSend"];
            organisation: string;
            /**
             * Format: int64
             * @description How long a journaling can be undone, in hours.
             */
            undo_hours: number;
        };
        /** @description A mail address as written; `address` is lower-cased and may be empty when only a name was given. */
        Address: {
            address: string;
            name?: string | null;
        };
        /** @description One line of an access list. */
        Allowed: {
            may: components["schemas"]["Level"];
            /** @example unit:teknik */
            who: string;
        };
        /** @description The mail, by one of the two. */
        Asked: {
            /** Format: uuid */
            mail_id?: string | null;
            message_id?: string | null;
        };
        /** @description A person or unit that mail can be given to. */
        Assignee: {
            name: string;
            /** @description Of a person. */
            unit?: string | null;
            /** @description `user:birthe.lund`, `unit:teknik`. */
            who: string;
        };
        /** @description Whose it is. */
        AssigneeOf: {
            /** Format: date-time */
            at: string;
            /** @description Who assigned it. */
            by: string;
            name: string;
            /** @description `user:birthe.lund`, `unit:teknik`. */
            who: string;
        };
        AuditLine: {
            /** @description e.g. `case.read`. */
            action: string;
            actor: string;
            address?: string | null;
            agent?: string | null;
            /** Format: date-time */
            at: string;
            case_id?: string | null;
            /** @description Ids and counts. */
            detail: Record<string, never>;
            on_behalf_of?: string | null;
            /** @description `ok`, `not_found`, `refused`, `failed`. */
            outcome: string;
            request?: string | null;
            /**
             * Format: int64
             * @description Its place in the chain; null for some seconds after it was written.
             */
            seq?: number | null;
            subject_id: string;
            subject_kind: string;
            why?: string | null;
        };
        AuditPage: {
            /** @description Newest first. */
            items: components["schemas"]["AuditLine"][];
            /** Format: int64 */
            next_cursor?: number | null;
        };
        /** @description A rule, as text and as JSON of the same fields (docs/rules.md). */
        AutomaticRule: {
            /** Format: date-time */
            changed_at: string;
            changed_by: string;
            /** Format: int64 */
            hits: number;
            /** Format: uuid */
            id: string;
            /** @description Read aloud, in the reader's language. */
            in_words: string;
            /** Format: date-time */
            last_hit_at?: string | null;
            may_edit: boolean;
            mode: components["schemas"]["RuleMode"];
            name: string;
            /** @description `organisation`, `mailbox:<id>` or `person:<user name>`. */
            owner: string;
            /** @description The mailbox's name or the person's user name; empty for the organisation. */
            owner_name: string;
            /**
             * Format: int64
             * @description Within its owner, from 1.
             */
            position: number;
            rule: Record<string, never>;
            suspended?: components["schemas"]["SuspendedBody"] | null;
            text: string;
            /**
             * Format: int64
             * @description What its ETag shows.
             */
            version: number;
        };
        BeforeAct: {
            assignee?: string | null;
            /** Format: date-time */
            snoozed_until?: string | null;
        };
        Bin: {
            count: number;
            /** Format: double */
            from: number;
            /**
             * Format: double
             * @description Mean confidence; `null` where there was none.
             */
            said?: number | null;
            /** Format: double */
            to: number;
            /**
             * Format: double
             * @description Share that was right.
             */
            was?: number | null;
        };
        /** @description The file on one matter. */
        Case: {
            access: components["schemas"]["CaseAccess"];
            /** Format: date-time */
            closed_at?: string | null;
            /** Format: date-time */
            created_at: string;
            /** @description KLE action facet, e.g. `P16`. */
            facet?: string | null;
            /** Format: uuid */
            id: string;
            /** @description KLE subject `HH.GG.EE`. */
            kle?: string | null;
            /** @description As the case system writes it: `2024-00123`, `14/10822` … */
            number: string;
            parties: components["schemas"]["Party"][];
            /** @description User name of whoever is responsible. */
            responsible?: string | null;
            status: components["schemas"]["CaseStatus"];
            title: string;
            unit?: string | null;
            /**
             * Format: int64
             * @description Counts edits; what an ETag shows.
             */
            version: number;
        };
        CaseAccess: {
            code: components["schemas"]["AccessCode"];
            list?: components["schemas"]["Allowed"][];
        };
        /** @description A case, and what the caller may do with it. */
        CaseDetail: components["schemas"]["Case"] & {
            may: components["schemas"]["Level"];
        };
        CasePage: {
            items: components["schemas"]["Case"][];
            next_cursor?: string | null;
        };
        /** @description Ready to be looked through, changed, and sent to `POST /cases` with the same `mail_id`. */
        CaseProposal: {
            access: components["schemas"]["AccessInWords"];
            /** @description Best first; empty while no plan was imported, and when nothing speaks for any subject. */
            kle: components["schemas"]["SuggestedSubject"][];
            /** Format: uuid */
            mail_id: string;
            /** @description The most certain first. */
            parties: components["schemas"]["PartyInWords"][];
            /** @description You, unless the case or the template that it is made like says another. */
            responsible: string;
            /** @description Open and closed cases that you may see and that resemble this one, best first: the mail may belong there. */
            similar_cases: components["schemas"]["SimilarCase"][];
            title: string;
            unit?: string | null;
        };
        /** @enum {string} */
        CaseStatus: "open" | "closed";
        /** @description What a template says; the mail and whoever makes the case say the rest. */
        CaseTemplateBody: {
            /** @description Open when left out. Sensitive content makes it stricter, never looser. */
            access?: components["schemas"]["CaseAccess"];
            facet?: string | null;
            kle?: string | null;
            /** @description User name; whoever makes the case when left out. */
            responsible?: string | null;
            /** @description With `{subject}`, `{sender}`, `{sender_address}`, `{date}`; the mail's suggested title when left out. */
            title?: string | null;
            unit?: string | null;
        };
        CaseWish: {
            /** @description Open when left out. You manage it in any case. */
            access?: components["schemas"]["CaseAccess"];
            facet?: string | null;
            kle?: string | null;
            /**
             * Format: uuid
             * @description The mail that the case is made from.
             */
            mail_id?: string | null;
            /** @description The next number by the organisation's pattern when left out. */
            number?: string | null;
            /** @description A CPR number may be masked, as `POST /cases/proposal` gives it, when `mail_id` names the mail it stands in. */
            parties?: components["schemas"]["Party"][];
            /** @description User name; you when left out. */
            responsible?: string | null;
            title: string;
            unit?: string | null;
        };
        /**
         * @description Kinds of content that call for care: the regulation's articles 9 and 10, and what is kept as closely.
         * @enum {string}
         */
        Category: "cpr" | "health" | "children" | "social_benefits" | "trade_union" | "origin_religion" | "sexual_life" | "convictions";
        Change: {
            access?: components["schemas"]["CaseAccess"] | null;
            status?: components["schemas"]["CaseStatus"] | null;
        };
        /** @description What was found in a template. */
        Checked: {
            asked: string[];
            asks_for_outside: boolean;
            has_macros: boolean;
            /** @description Everything that is wrong with it; empty when it can be kept. */
            mistakes: components["schemas"]["MistakeBody"][];
        };
        CountedFeature: {
            /**
             * Format: double
             * @description Value times weight: what it adds to the score.
             */
            contribution: number;
            /** @description Stable, e.g. `sender_share`. */
            feature: string;
            /**
             * Format: double
             * @description How much of it the case has, from -1 to 1.
             */
            value: number;
            /**
             * Format: double
             * @description What it is worth, as learned from what people chose.
             */
            weight: number;
        };
        DecidedMail: {
            from: string;
            /** Format: uuid */
            id: string;
            /** Format: date-time */
            received_at: string;
            subject: string;
        };
        /** @enum {string} */
        Direction: "incoming" | "outgoing" | "internal";
        /** @description A journaled item on a case (akt): the mail, or one of its attachments filed by itself. */
        Document: {
            /** Format: uuid */
            case_id: string;
            /** Format: date-time */
            created_at: string;
            created_by: string;
            /**
             * Format: date
             * @description Until when it asks for something.
             */
            deadline?: string | null;
            direction: components["schemas"]["Direction"];
            /** Format: date */
            document_date: string;
            document_type?: components["schemas"]["DocumentType"] | null;
            files: components["schemas"]["DocumentFile"][];
            /** Format: uuid */
            id: string;
            /**
             * Format: int64
             * @description Running number on the case, from 1.
             */
            number: number;
            /** @description Whom it is from, to or about. */
            parties: components["schemas"]["Party"][];
            title: string;
        };
        DocumentFile: {
            /** Format: uuid */
            id: string;
            media_type: string;
            name: string;
            sha256: string;
            /** Format: int64 */
            size: number;
        };
        /** @description An attachment that was read. */
        DocumentRead: {
            /** @description What it is, by what it holds: `pdf`, `docx`, `zip` … */
            format: string;
            heading?: string | null;
            /** @description Place among the mail's attachments. */
            index: number;
            /** @description ISO 639-1, where there is no doubt. */
            language?: string | null;
            notes: components["schemas"]["Note"][];
            /** @description Its own title, not its file name. */
            title?: string | null;
        };
        /**
         * @description What kind of document a mail or a file is.
         * @enum {string}
         */
        DocumentType: "letter" | "decision" | "application" | "complaint" | "invoice" | "reminder" | "minutes" | "agenda" | "hearing" | "hearing_answer" | "party_hearing" | "contract" | "offer" | "report" | "receipt" | "statement" | "note" | "access_request" | "notification" | "consent" | "power_of_attorney" | "invitation" | "drawing" | "map" | "photo" | "cv" | "medical_certificate" | "form" | "inquiry" | "budget" | "plan";
        /** @description A form with files for one case. */
        DocumentsForm: {
            /**
             * Format: uuid
             * @description The case, by this or by `case_number`.
             */
            case_id?: string | null;
            case_number?: string | null;
            /**
             * Format: date
             * @description Today when left out.
             */
            date?: string | null;
            /** @description `incoming`, `outgoing` or `internal` (when left out). */
            direction?: string | null;
            document_type?: string | null;
            /** @description One or several, each a document of its own. */
            file: string[];
            /** @description Of a single file; else each is called by its name. */
            title?: string | null;
        };
        DryRun: {
            /** @description Mails that are told of each verdict, 0–500. */
            examples?: number | null;
            /**
             * Format: date
             * @description First and last day; the last 30 days when left out.
             */
            from?: string | null;
            /**
             * Format: uuid
             * @description Every mailbox that you see when left out.
             */
            mailbox_id?: string | null;
            /** @description 1–100,000. */
            max_mails?: number | null;
            rule?: Record<string, never> | null;
            rule_ids?: string[] | null;
            /** @description Rules as a text, or one in JSON, or stored ones by their ids; all stored ones that you see when none is given. */
            text?: string | null;
            /** Format: date */
            to?: string | null;
        };
        DryRunDid: {
            by: string;
            case_number: string;
            case_title: string;
        };
        DryRunMail: {
            because: components["schemas"]["RuleBecause"][];
            did: components["schemas"]["DryRunDid"][];
            from: string;
            /** Format: uuid */
            mail_id: string;
            not_for_a_case: boolean;
            /** Format: date-time */
            received_at: string;
            /** @description The rule that decided. */
            rule?: string | null;
            subject: string;
            verdict: components["schemas"]["DryRunVerdict"];
            would: components["schemas"]["DryRunWould"][];
        };
        DryRunResult: {
            /** @description Filed by people on the case that the rules name. */
            agreements: number;
            /** @description Of those that people decided on, rounded up. */
            contradiction_percent: number;
            /** @description There were more. */
            cut: boolean;
            disagreements: number;
            examples: components["schemas"]["DryRunMail"][];
            /** @description Wait for a person, whatever rules say. */
            held: number;
            /** @description Mails of which at least one rule is met. */
            hits: number;
            mails: number;
            /** Format: int64 */
            millis: number;
            /** @description Nobody has filed it, or the rule does not. */
            not_judged: number;
            /** @description What rules ask for and was not known of some mail: `suggestion`, `thread`, `attachment_text`. */
            not_known: string[];
            not_known_text: string[];
            rules: components["schemas"]["DryRunRule"][];
            /** @description Nobody knows whether a rule is met. */
            unknown: number;
        };
        DryRunRule: {
            agreements: number;
            disagreements: number;
            hits: number;
            /** Format: uuid */
            id?: string | null;
            name: string;
            not_judged: number;
            unknown: number;
        };
        /** @enum {string} */
        DryRunVerdict: "agrees" | "disagrees" | "not_judged" | "unknown" | "held";
        DryRunWould: {
            action: string;
            case_number?: string | null;
            text: string;
            withheld?: string | null;
            withheld_text?: string | null;
        };
        /**
         * @description Which of them go along.
         * @enum {string}
         */
        Earlier: "none" | "with_attachments" | "all";
        EarlierMail: {
            /** @description Files that are not shown within the text. */
            attachments: number;
            /** Format: uuid */
            mail_id: string;
            /** Format: date-time */
            received_at: string;
            subject: string;
        };
        EarlierMails: {
            /** @description Entries of those that went along. */
            filed: string[];
            /** @description Those that did not, and are not on the case; oldest first. */
            left: components["schemas"]["EarlierMail"][];
        };
        EmergencyOpening: {
            /** Format: uuid */
            case_id: string;
            /** Format: date-time */
            ends_at: string;
        };
        EmergencyWish: {
            number: string;
            /** @description Told to those who manage the case; 10 to 500 characters. */
            reason: string;
        };
        EntryAccess: {
            /** @description Who may see it, of those who see the case; null for all of them. */
            only_for?: string[] | null;
        };
        EntryBody: {
            /** Format: uuid */
            case_id: string;
            case_number: string;
            case_title: string;
            /** Format: date-time */
            created_at: string;
            created_by: string;
            /** Format: uuid */
            id: string;
            /**
             * Format: uuid
             * @description Null of what was filed without a mail.
             */
            mail_id?: string | null;
            /** @description `pending`, `delivered`, `failed`, `undone`. */
            state: string;
            /** @description Stable code of why it is not delivered. */
            state_reason?: string | null;
            /** @description The reason as a sentence in the reader's language. */
            state_reason_text?: string | null;
            /** Format: date-time */
            undone_at?: string | null;
            undone_by?: string | null;
        };
        /** @description An entry, and how it is shown in the mailboxes that hold the mail. */
        EntryDetail: components["schemas"]["EntryBody"] & {
            /** @description Of the mailboxes that you read. */
            marks: components["schemas"]["MarkBody"][];
            /** @description Who may see what was filed, when not everybody who sees the case. */
            only_for?: string[] | null;
        };
        EvidenceInWords: {
            /** @description Stable, e.g. `same_thread`. */
            kind: string;
            /** @description The reason as a sentence in the reader's language. */
            text: string;
        };
        ExplainedCase: components["schemas"]["SuggestedCase"] & {
            /** @description What weighs most first. */
            counted: components["schemas"]["CountedFeature"][];
            /**
             * Format: double
             * @description The contributions together; "none of them" has 0.
             */
            score: number;
        };
        Explanation: {
            /** @description Best first; empty when nothing speaks for any case. */
            cases: components["schemas"]["ExplainedCase"][];
            /** Format: uuid */
            mail_id: string;
        };
        /** @description A field that templates can have. */
        FieldBody: {
            danish: string;
            english: string;
        };
        /** @enum {string} */
        Filter: "all" | "recent" | "favourite";
        Folder: {
            /**
             * Format: int64
             * @description Mails on the server.
             */
            exists: number;
            name: string;
            /** @description `new`, `syncing`, `watching`, `missing`, `failed`. */
            state: string;
            state_reason?: string | null;
            state_reason_text?: string | null;
            state_text: string;
            /**
             * Format: int64
             * @description Mails of the folder that are stored.
             */
            stored: number;
        };
        /** @description The case, by one of the two. */
        FolderCase: {
            /** Format: uuid */
            case_id?: string | null;
            case_number?: string | null;
        };
        FolderLink: {
            /**
             * Format: uuid
             * @description Null for a case that you do not see.
             */
            case_id?: string | null;
            case_number?: string | null;
            case_title?: string | null;
            /** Format: date-time */
            linked_at: string;
            linked_by: string;
            /** @description `on`; or `suspended` while the case is closed: what is put there waits for a person. */
            state: string;
            state_text: string;
        };
        /**
         * @description Whether a thread is followed when one of its mails is journaled.
         * @enum {string}
         */
        Follow: "on" | "off" | "ask";
        /**
         * @description What becomes of the later mails of a followed thread.
         * @enum {string}
         */
        FollowMode: "on" | "ask";
        FollowedTo: {
            /** Format: uuid */
            case_id: string;
            case_number: string;
            case_title: string;
            /** @description In whose name they are filed. */
            followed_by: string;
            /** @description `on`: later mails are filed; `ask`: they wait for a person. */
            mode: components["schemas"]["FollowMode"];
            /** Format: date-time */
            since: string;
        };
        Following: {
            /**
             * Format: uuid
             * @description Where later mails go; on two cases, the first of them.
             */
            case_id?: string | null;
            /** @description Of those cases that you see; on two of them, a person is asked each time. */
            cases: components["schemas"]["FollowedTo"][];
            following: boolean;
            /** @description What becomes of a thread when one of its mails is journaled and nobody says anything. */
            policy: components["schemas"]["Follow"];
        };
        FollowingWish: {
            /**
             * Format: uuid
             * @description To which case; needed to begin. Left out, following stops to every case that you may file on.
             */
            case_id?: string | null;
            following: boolean;
        };
        /** @description Whether the mail is for a case at all: newsletters, calendar noise, system mail and private mail are not. */
        ForACaseInWords: {
            /**
             * Format: int32
             * @description In percent.
             */
            probability: number;
            /** @description Those that say most first. */
            reasons: components["schemas"]["ReasonInWords"][];
        };
        Found: {
            /** @description Whether it, or a copy of it, is journaled where you may see it. */
            journaled: boolean;
            /** @description Whether a monitored mailbox you may see holds it. */
            known: boolean;
            mails: components["schemas"]["KnownMail"][];
        };
        Given: {
            /** @description Only those that are assigned so now, to nobody when null: what undoes an act must not undo another's. */
            from?: string | null;
            /** @description At most 200. */
            mail_ids: string[];
            /** @description A person or a unit: `user:birthe.lund`, `unit:teknik`; null gives it back to the queue. */
            to?: string | null;
        };
        /** @description What a list shows of a mail that waits. Asked of what is kept of it, without reading its bytes. */
        Glance: {
            for_a_case: components["schemas"]["ForACaseInWords"];
            /** @description Best first, at most three. */
            suggestions: components["schemas"]["SuggestedCase"][];
            /** @description Whether the first case is sure enough for the organisation to be taken unseen. */
            sure: boolean;
        };
        InMailbox: {
            /** Format: uuid */
            id: string;
            name: string;
        };
        /** @description When the mail should be journaled. */
        JournalBy: {
            /**
             * Format: date
             * @description The last day in time.
             */
            date: string;
            is_past: boolean;
            /**
             * Format: int32
             * @description Working days until then; 0 on the day itself and afterwards.
             */
            working_days_left: number;
        };
        /** @description A journal entry as it concerns a mail. */
        JournalState: {
            /** Format: uuid */
            case_id: string;
            case_number: string;
            case_title: string;
            /** Format: date-time */
            created_at: string;
            created_by: string;
            /** @description What they are called. */
            created_by_name: string;
            /** Format: uuid */
            entry_id: string;
            /** @description `pending`, `delivered`, `failed`. */
            state: string;
            /** @description Stable code of why it is not delivered. */
            state_reason?: string | null;
            /** @description The reason as a sentence in the reader's language. */
            state_reason_text?: string | null;
        };
        /** @description The entry, and the earlier mails of the thread. */
        Journaled: components["schemas"]["EntryBody"] & {
            earlier: components["schemas"]["EarlierMails"];
        };
        /** @description What the case will be about, by one of the two. */
        KleAsked: {
            /** Format: uuid */
            mail_id?: string | null;
            /** @description A document's text, or a title; its beginning is read. */
            text?: string | null;
        };
        KleEntries: {
            items: components["schemas"]["KleEntry"][];
            /**
             * Format: date
             * @description The day KL published the plan; null when none was imported.
             */
            published?: string | null;
        };
        /** @description A main group, a group or a subject. */
        KleEntry: {
            /**
             * Format: int32
             * @description Days from the closing of a case until its personal data go.
             */
            deletion_days?: number | null;
            guidance: string;
            /** @description The keyword that led here, where the title did not. */
            keyword?: string | null;
            number: string;
            parent?: components["schemas"]["KleParent"] | null;
            /** @description `B`, `K`, `K5`, `K10`. */
            preservation?: string | null;
            /** @description Of a retired entry, what stands for it today. */
            replaced_by?: components["schemas"]["KleParent"][];
            title: string;
            /** @description Whether a new case may get it: a subject, and not retired. */
            usable: boolean;
        };
        KleParent: {
            number: string;
            title: string;
        };
        KleReason: {
            /** @description Stable, e.g. `keyword`. */
            kind: string;
            /** @description The reason as a sentence in the reader's language. */
            text: string;
        };
        KleSuggestions: {
            /**
             * Format: date
             * @description The day KL published the plan; null when none was imported, and then nothing is proposed.
             */
            published?: string | null;
            /** @description Best first; empty when nothing speaks for any subject. */
            subjects: components["schemas"]["SuggestedSubject"][];
        };
        KnownMail: {
            deadline: components["schemas"]["JournalBy"];
            entries: components["schemas"]["JournalState"][];
            /** @description Why only the headers are here. */
            incomplete_reason?: string | null;
            /** Format: uuid */
            mail_id: string;
            not_for_a_case?: components["schemas"]["SaidNotForACase"] | null;
            /** Format: date-time */
            received_at: string;
            subject: string;
            /** Format: uuid */
            thread_id: string;
        };
        /** @description How far it has come. */
        LettersBody: {
            cases: components["schemas"]["OutcomeBody"][];
            /** Format: date-time */
            created_at: string;
            done: number;
            failed: number;
            /** Format: uuid */
            id: string;
            /** Format: uuid */
            template_id: string;
            total: number;
            /** Format: int64 */
            version: number;
        };
        LettersOfCase: {
            /** Format: uuid */
            case_id: string;
            /** @description One letter to each of these, by place among the case's parties; one letter to the first when left out. */
            parties?: number[];
        };
        /** @description Which letters, on which cases. */
        LettersWish: {
            cases: components["schemas"]["LettersOfCase"][];
            /**
             * Format: date
             * @description Today when left out.
             */
            date?: string | null;
            document_type?: components["schemas"]["DocumentType"] | null;
            fields?: {
                [key: string]: string;
            };
            /** @description Who may see the letters, of those who see the case, besides you; all of them when left out. */
            only_for?: string[] | null;
            /** @description The template's name when left out; with the party's name after it where a case gets several. */
            title?: string | null;
        };
        /**
         * @description What one may do; each holds those before it.
         * @enum {string}
         */
        Level: "read" | "write" | "manage";
        LookupAsked: {
            /** @description With or without angle brackets. */
            message_id: string;
        };
        MailDecisions: {
            /** @description What was kept, in order of time, then what the other rules say now. */
            decisions: components["schemas"]["RuleDecision"][];
            /** @description `several_senders` or `address_in_name`: nothing is done before a person has looked at it. */
            held?: string | null;
            held_text?: string | null;
            /** Format: uuid */
            mail_id: string;
            tags: string[];
            /** @description Why it waits for a person, as far as that was noted. */
            waits?: string | null;
            waits_text?: string | null;
        };
        MailDetail: {
            /** @description What its attachments say, of those that were read by now. */
            documents: components["schemas"]["DocumentRead"][];
            entries: components["schemas"]["JournalState"][];
            /** Format: uuid */
            id: string;
            mail: Record<string, never>;
            not_for_a_case?: components["schemas"]["SaidNotForACase"] | null;
            /** Format: date-time */
            received_at: string;
            /** Format: int64 */
            size: number;
            /** Format: uuid */
            thread_id: string;
        };
        /**
         * @description What a mail is, told from its headers first and its subject after.
         * @enum {string}
         */
        MailKind: "personal" | "auto_reply" | "out_of_office" | "bounce" | "newsletter" | "calendar" | "system" | "journal_report" | "read_receipt" | "unreadable";
        MailMark: {
            /** @description Where one of ours writes to, to file on the case; null where there are no such addresses. */
            address?: string | null;
            header: components["schemas"]["MarkHeader"];
            /** @description For people alone, e.g. `[Sag 2024-00123]`; may be left out. Nothing is filed by it. */
            subject_tag: string;
        };
        MailPage: {
            items: components["schemas"]["MailSummary"][];
            /** @description Ask with this for the next page; null on the last. */
            next_cursor?: string | null;
        };
        MailSummary: {
            attachments: number;
            /** @description Where it is journaled, by whom, as far as you may see. */
            entries: components["schemas"]["JournalState"][];
            from: components["schemas"]["Address"][];
            /** Format: uuid */
            id: string;
            /** @description Why only the headers are here. */
            incomplete_reason?: string | null;
            kind: components["schemas"]["MailKind"];
            message_id?: string | null;
            not_for_a_case?: components["schemas"]["SaidNotForACase"] | null;
            preview: string;
            /** Format: date-time */
            received_at: string;
            /** Format: date-time */
            sent_at?: string | null;
            /** Format: int64 */
            size: number;
            subject: string;
            suggestion?: components["schemas"]["SuggestedCase"] | null;
            /** Format: uuid */
            thread_id: string;
            to: components["schemas"]["Address"][];
        };
        Mailbox: {
            folders: components["schemas"]["Folder"][];
            /** Format: uuid */
            id: string;
            /**
             * Format: int64
             * @description Mails stored.
             */
            mails: number;
            name: string;
            /** @description `new`, `connecting`, `syncing`, `watching`, `waiting`, `refused`. */
            state: string;
            /** Format: date-time */
            state_at: string;
            /** @description Stable code of what is wrong, e.g. `login_refused`. */
            state_reason?: string | null;
            /** @description What is wrong, as a sentence in the reader's language. */
            state_reason_text?: string | null;
            /** @description The state in words. */
            state_text: string;
        };
        MailboxFolder: {
            /** Format: uuid */
            id: string;
            link?: components["schemas"]["FolderLink"] | null;
            name: string;
            /** @description `new`, `syncing`, `watching`, `missing`, `failed`. */
            state: string;
            state_text: string;
            /**
             * Format: int64
             * @description Mails of the folder that are stored.
             */
            stored: number;
        };
        MarkBody: {
            mailbox: string;
            /** Format: uuid */
            mailbox_id: string;
            reason?: string | null;
            reason_text?: string | null;
            /** @description `waiting`, `done`, `failed`. */
            state: string;
        };
        /** @description A header field of the mail. */
        MarkHeader: {
            name: string;
            value: string;
        };
        MarkedCase: {
            /** Format: uuid */
            case_id: string;
        };
        Me: {
            display_name: string;
            /** @description Users whom the caller may act for today. */
            may_act_for: string[];
            /** @description Whom the caller acts for in this call, by the header `Sagspost-On-Behalf-Of`. */
            on_behalf_of?: string | null;
            /** @description `user`, `registrar`, `rule_editor`, `administrator`, `auditor`, `emergency`. */
            roles: string[];
            user: string;
        };
        MistakeBody: {
            /** @description Stable code. */
            fault: string;
            meant?: string | null;
            /** @description How the paragraph begins. */
            near: string;
            /** @description `body`, `header`, `footer`, `footnotes` or `endnotes`. */
            place: string;
            /** @description In the reader's language: what, where, and what was probably meant. */
            text: string;
            written: string;
        };
        NamedCaseTemplate: components["schemas"]["CaseTemplateBody"] & {
            name: string;
        };
        /** @description For nested app authentication. */
        NestedSignIn: {
            authority: string;
            /** @description What the add-in is called at the provider. */
            client_id: string;
            /** @description What tokens are asked for. */
            scope: string;
        };
        NewRule: {
            mode?: components["schemas"]["RuleMode"] | null;
            owner: string;
            rule?: Record<string, never> | null;
            /** @description The rule, by this or by `rule`. */
            text?: string | null;
        };
        /** @description What could not be read of an attachment, or is odd about it. */
        Note: {
            /** @description Stable, e.g. `encrypted`. */
            code: string;
            detail: string;
        };
        /** @description What was said and matters to the case. */
        NoteWish: {
            /**
             * Format: date
             * @description When it was said; today when left out.
             */
            date?: string | null;
            /** @description Who may see it, of those who see the case, besides you; all of them when left out. */
            only_for?: string[] | null;
            /** @description Lines as they are to stand. */
            text: string;
            title?: string | null;
        };
        /** @description A case you manage was opened in an emergency */
        NoticeBody: {
            /** Format: uuid */
            case_id: string;
            case_number: string;
            case_title: string;
            /** Format: date-time */
            ends_at: string;
            /** Format: uuid */
            id: string;
            /** Format: date-time */
            opened_at: string;
            opened_by: string;
            reason: string;
        };
        /**
         * @description When sending a mail with no case chosen is questioned.
         * @enum {string}
         */
        OnSend: "never" | "ask" | "require";
        OutcomeBody: {
            /** Format: uuid */
            case_id: string;
            /** @description Null when you do not see the case any more. */
            case_number?: string | null;
            /**
             * Format: uuid
             * @description What was filed.
             */
            entry_id?: string | null;
            reason?: string | null;
            reason_text?: string | null;
            /** @description `waiting`, `done` or `failed`: then nothing was written on the case. */
            state: string;
        };
        ParagraphBody: {
            place: string;
            text: string;
        };
        /** @description Someone or something that a case is about. */
        Party: {
            /** @description Postal address or the property's address. */
            address?: string | null;
            /** @description CPR, CVR or BFE number, digits only. */
            identifier?: string | null;
            kind: components["schemas"]["PartyKind"];
            /** @description Lower-case mail address. */
            mail?: string | null;
            name: string;
        };
        PartyInWords: {
            address?: string | null;
            /** @description CVR or BFE number, or a CPR number masked: `POST /cases` with the `mail_id` puts the number itself in. */
            identifier?: string | null;
            kind: components["schemas"]["PartyKind"];
            mail?: string | null;
            name: string;
            organisation?: string | null;
            phone?: string | null;
            /** @description What the mail itself tells; parties of a case that it is made like are for a person to choose. */
            proposed: boolean;
            reasons: components["schemas"]["PartyReasonInWords"][];
            title?: string | null;
        };
        /** @enum {string} */
        PartyKind: "person" | "company" | "property" | "colleague" | "other";
        /**
         * @description Where a party was found.
         * @enum {string}
         */
        PartyReason: "sender" | "recipient" | "signature" | "forwarded_sender" | "digital_post" | "named_by_number" | "property_in_text" | "on_like_case";
        PartyReasonInWords: {
            kind: components["schemas"]["PartyReason"];
            text: string;
        };
        /** @description The body of a problem response (`application/problem+json`). */
        ProblemBody: {
            detail: string;
            /** @description All that is wrong, a sentence each, where there may be several things. */
            errors?: string[];
            /** @description The field at fault, as a path in the request's JSON or the name of a parameter. */
            field?: string | null;
            request_id: string;
            /** Format: int32 */
            status: number;
            title: string;
            /** @description Stable, e.g. `/problems/already-journaled`. */
            type: string;
        };
        /** @description From which confidence on suggestions may be filed without being looked at. */
        Proof: {
            /**
             * Format: double
             * @description Share of the mails looked back on that lie above.
             */
            coverage: number;
            /** @description Mails that lie above. */
            mails: number;
            /**
             * Format: double
             * @description Of those, the share that was right.
             */
            precision: number;
            /** Format: double */
            threshold: number;
        };
        ProposalAsked: {
            /**
             * Format: uuid
             * @description A case to make it like: its KLE number, responsible, unit, access and parties, and never its documents.
             */
            like?: string | null;
            /** Format: uuid */
            mail_id: string;
            /** @description The name of a template to make it by, instead. */
            template?: string | null;
        };
        PutOff: {
            /** @description At most 200. */
            mail_ids: string[];
            /**
             * Format: date-time
             * @description At most a year from now; null wakes them.
             */
            until?: string | null;
        };
        Quality: components["schemas"]["Taken"] & {
            /** @description Whether 70 % means seven of ten: the first suggestions by their confidence, in tenths. */
            calibration: components["schemas"]["Bin"][];
            proof?: components["schemas"]["Proof"] | null;
            /** @description The last twelve, this one last; weeks begin on Monday. */
            weeks: components["schemas"]["Week"][];
        };
        /** @description A mail that waits. */
        QueueItem: components["schemas"]["Glance"] & {
            assignee?: components["schemas"]["AssigneeOf"] | null;
            attachments: number;
            deadline?: components["schemas"]["JournalBy"] | null;
            from: components["schemas"]["Address"][];
            /** Format: uuid */
            id: string;
            /** @description Why only the headers are here. */
            incomplete_reason?: string | null;
            kind: components["schemas"]["MailKind"];
            /** @description Your mailboxes that hold it; none when it was given to you from another's. */
            mailboxes: components["schemas"]["InMailbox"][];
            preview: string;
            /** Format: date-time */
            received_at: string;
            snoozed?: components["schemas"]["SnoozedUntil"] | null;
            subject: string;
            /** Format: uuid */
            thread_id: string;
            waits: components["schemas"]["WaitsBecause"];
        };
        QueuePage: {
            /**
             * Format: int32
             * @description How far the service has got with what it knows of cases after it was started, in percent; below 100 suggestions
             *     may be missing.
             */
            built_percent: number;
            /** @description May be fewer than asked for, even when more follow. */
            items: components["schemas"]["QueueItem"][];
            /** @description Ask with this for the next page; null on the last. */
            next_cursor?: string | null;
        };
        ReasonInWords: {
            /** @description Whether it speaks for a case or against one. */
            for_a_case: boolean;
            /** @description Stable, e.g. `kind_newsletter`. */
            kind: string;
            /** @description The reason as a sentence in the reader's language. */
            text: string;
        };
        /** @description What a template is to be filled in with. */
        RenderWish: {
            /** Format: uuid */
            case_id: string;
            /**
             * Format: date
             * @description Today when left out.
             */
            date?: string | null;
            /** @description What the template asks for, by name. */
            fields?: {
                [key: string]: string;
            };
            /** @description Whom it is to, by place among the case's parties; the first when left out. */
            party?: number | null;
            /** Format: int64 */
            version?: number | null;
        };
        RuleBecause: {
            found?: string | null;
            /** @description `yes`, `no` or `unknown`. */
            holds: string;
            text: string;
        };
        RuleChange: {
            rule?: Record<string, never> | null;
            /** @description The rule, by this or by `rule`. */
            text?: string | null;
            /**
             * Format: int64
             * @description Instead of If-Match.
             */
            version?: number | null;
        };
        /** @description What was written, read: three fields, or the mistakes. */
        RuleChecked: {
            in_words?: string | null;
            mistakes: components["schemas"]["RuleMistake"][];
            rule?: Record<string, never> | null;
            text?: string | null;
        };
        RuleDecision: {
            acted_for?: string | null;
            /** Format: date-time */
            at?: string | null;
            because: components["schemas"]["RuleBecause"][];
            followed: components["schemas"]["RuleFollowed"][];
            /**
             * Format: uuid
             * @description Absent for a rule that left nothing: tried now, as things are now.
             */
            id?: string | null;
            /** @description False in shadow mode, and when it was tried now. */
            live: boolean;
            /** Format: uuid */
            mailbox_id: string;
            /** @description `matched`, `not_matched`, `unknown`, `switched_off`, `outside_its_time`, `after_stop`. */
            outcome: string;
            outcome_text: string;
            /** @description `organisation`, `mailbox:<id>` or `person:<user name>`. */
            owner: string;
            rule: string;
            /** Format: uuid */
            rule_id: string;
            /** Format: int64 */
            rule_version: number;
            /** Format: date-time */
            undone_at?: string | null;
        };
        RuleDecisionOnMail: components["schemas"]["RuleDecision"] & {
            mail: components["schemas"]["DecidedMail"];
        };
        RuleDecisions: {
            items: components["schemas"]["RuleDecisionOnMail"][];
            next_cursor?: string | null;
        };
        RuleFollowed: {
            /** @description Its key in a file of rules, e.g. `journal`. */
            action: string;
            /** @description Of a case that you see. */
            case_number?: string | null;
            /** Format: uuid */
            entry_id?: string | null;
            state: components["schemas"]["RuleFollowedState"];
            text: string;
            why?: string | null;
            why_text?: string | null;
        };
        /** @enum {string} */
        RuleFollowedState: "done" | "withheld" | "would" | "failed" | "not_sent" | "undone";
        RuleList: {
            /** @description In the order in which they are tried. */
            items: components["schemas"]["AutomaticRule"][];
            /** @description Whose rules you may write. */
            may_create: string[];
        };
        /** @description A mistake at its place in the text, or in the text that was made from `rule`. */
        RuleMistake: {
            /** @description Stable, e.g. `case-closed`. */
            code: string;
            column: number;
            line: number;
            message: string;
            /** @description The field of the rule, e.g. `when.any[1].subject`; empty for the whole. */
            path: string;
        };
        /** @description A problem with every mistake of a rule. */
        RuleMistakes: components["schemas"]["ProblemBody"] & {
            mistakes: components["schemas"]["RuleMistake"][];
        };
        /** @enum {string} */
        RuleMode: "live" | "shadow" | "off";
        RuleModeWish: {
            /** @description Also when the rule would contradict what people did. */
            force?: boolean;
            mode: components["schemas"]["RuleMode"];
        };
        RuleOrder: {
            /** @description Every rule of the owner. */
            ids: string[];
            owner: string;
        };
        RuleToCheck: {
            rule?: Record<string, never> | null;
            /** @description The rule, by this or by `rule`. */
            text?: string | null;
        };
        /** @description One of the two. */
        RuleUndo: {
            decision_ids?: string[] | null;
            /**
             * Format: date-time
             * @description Everything that the rule has done since then.
             */
            since?: string | null;
        };
        RuleUndoLeft: {
            /** Format: uuid */
            decision_id: string;
            /** @description `undo-expired` or `not-allowed`. */
            reason: string;
            text: string;
        };
        RuleUndone: {
            /** @description What could not be taken back, and stays as it is. */
            left: number;
            reasons: components["schemas"]["RuleUndoLeft"][];
            undone: number;
        };
        RuleVersion: {
            /** Format: date-time */
            changed_at: string;
            changed_by: string;
            in_words: string;
            rule: Record<string, never>;
            text: string;
            /** Format: int64 */
            version: number;
            /** @description `created`, `changed`, `restored`, `imported`. */
            what: string;
        };
        /** @description Who said so first, and when. */
        SaidNotForACase: {
            /** Format: date-time */
            at: string;
            by: string;
        };
        SimilarCase: components["schemas"]["SuggestedCase"] & {
            access: components["schemas"]["AccessCode"];
            /** @description What it should be with this mail on the case: never less than it is. */
            access_proposed: components["schemas"]["AccessCode"];
            status: components["schemas"]["CaseStatus"];
        };
        SnoozedUntil: {
            by: string;
            /** Format: date-time */
            until: string;
        };
        SuggestedCase: {
            /** Format: uuid */
            case_id: string;
            /**
             * Format: int32
             * @description Probability that it is the right one, in percent.
             */
            confidence: number;
            evidence: components["schemas"]["EvidenceInWords"][];
            /** @description `null` for a case that has none yet. */
            kle?: string | null;
            number: string;
            title: string;
        };
        SuggestedFacet: {
            facet: string;
            /** @description Why, as a sentence in the reader's language. */
            text: string;
            /** @description Empty when the facets were not imported. */
            title: string;
        };
        SuggestedFile: {
            date_evidence?: components["schemas"]["EvidenceInWords"] | null;
            /**
             * Format: date
             * @description The date the document bears; the mail's where it bears none that can be.
             */
            document_date: string;
            document_type?: components["schemas"]["SuggestedType"] | null;
            index: number;
            name: string;
            name_evidence?: components["schemas"]["EvidenceInWords"] | null;
            /** @description Proposed for filing; pictures of the text are not. */
            proposed: boolean;
            renamed: boolean;
        };
        SuggestedSubject: {
            /**
             * Format: int32
             * @description Probability that it is the right one, in percent.
             */
            confidence: number;
            facet?: components["schemas"]["SuggestedFacet"] | null;
            number: string;
            parent?: components["schemas"]["KleParent"] | null;
            reasons: components["schemas"]["KleReason"][];
            title: string;
        };
        SuggestedTask: {
            /** @description The attachment it stands in, by its place; `null` for the mail itself. */
            attachment?: number | null;
            /** Format: date */
            date: string;
            evidence: components["schemas"]["EvidenceInWords"];
            /** @description The sentence it stands in; `null` where it is a field of Digital Post. */
            sentence?: string | null;
        };
        SuggestedType: {
            /**
             * Format: int32
             * @description Probability that it is the right one, in percent.
             */
            confidence: number;
            evidence: components["schemas"]["EvidenceInWords"][];
            /** @description As it is called in the reader's language. */
            name: string;
            type: components["schemas"]["DocumentType"];
        };
        Suggestions: {
            attachments: components["schemas"]["SuggestedFile"][];
            /**
             * Format: int32
             * @description How far the service has got with what it knows of cases after it was started, in percent; below 100 the cases
             *     are not complete.
             */
            built_percent: number;
            /** @description Whether the mail looks like case work: it should not be sent without a case. */
            case_work: boolean;
            /** @description Best first; empty when nothing speaks for any case. */
            cases: components["schemas"]["SuggestedCase"][];
            direction: components["schemas"]["Direction"];
            /** Format: date */
            document_date: string;
            document_type?: components["schemas"]["SuggestedType"] | null;
            for_a_case: components["schemas"]["ForACaseInWords"];
            /**
             * Format: uuid
             * @description Absent when no mailbox you may see holds the mail.
             */
            mail_id?: string | null;
            /** @description Whether the first case is sure enough for the organisation to be taken unseen. */
            sure: boolean;
            task_date?: components["schemas"]["SuggestedTask"] | null;
            title: string;
            /** @description Where the title comes from. */
            title_evidence: components["schemas"]["EvidenceInWords"];
        };
        SuspendedBody: {
            /** Format: date-time */
            at: string;
            case_number?: string | null;
            /** @description `case_closed`, `case_gone`, `not_allowed`, `template_gone` or `unreadable`. */
            reason: string;
            text: string;
        };
        /** @description What people took of what was suggested. */
        Taken: {
            /** @description Filed on the first that was suggested. */
            first: number;
            /** @description Filed on one of the first three. */
            first_three: number;
            /** @description Mails that were filed. */
            lessons: number;
            /** @description Filed on a case that was not shown. */
            not_among: number;
        };
        /** @description A template and its latest version. */
        TemplateBody: {
            /** Format: date-time */
            changed_at: string;
            /** Format: date-time */
            created_at: string;
            created_by: string;
            /** @description Steps with `/` between them; empty at the top. */
            folder: string;
            /** @description `organisation`, `unit:CODE` or `user:NAME`. */
            holder: string;
            /** Format: uuid */
            id: string;
            latest: components["schemas"]["VersionBody"];
            /** @description Whether you may change it. */
            may_change: boolean;
            name: string;
        };
        TemplateDetail: components["schemas"]["TemplateBody"] & {
            /** @description Latest first. */
            versions: components["schemas"]["VersionBody"][];
        };
        /** @description A form with a file and what is said of it. */
        TemplateForm: {
            comment?: string | null;
            /**
             * Format: binary
             * @description .docx, .dotx, .docm or .dotm
             */
            file: string;
            folder?: string | null;
            /** @description `organisation`, `unit:CODE`, or yourself when left out. */
            holder?: string | null;
            /** @description That of the file when left out. */
            name?: string | null;
        };
        Uploaded: {
            /** @description Whether it was here already, where you may see it. */
            known: boolean;
            /** Format: uuid */
            mail_id: string;
        };
        VersionBody: {
            /** @description The names of what is asked for when a letter is made. */
            asked: string[];
            /** @description It wants something from elsewhere when Word opens it. */
            asks_for_outside: boolean;
            comment: string;
            /** Format: date-time */
            created_at: string;
            created_by: string;
            file_name: string;
            /** @description Kept, and never run here. */
            has_macros: boolean;
            /**
             * Format: int64
             * @description From 1.
             */
            number: number;
            /** Format: int64 */
            size: number;
        };
        VersionForm: {
            comment?: string | null;
            /** Format: binary */
            file: string;
        };
        /** @description Why nothing settled it. */
        WaitsBecause: {
            /** @description Stable, e.g. `unsure`. */
            code: string;
            /** @description The reason as a sentence in the reader's language. */
            text: string;
        };
        Week: components["schemas"]["Taken"] & {
            /** Format: date */
            monday: string;
        };
        /** @description Which mail on which case; everything else has a suggested value. */
        Wish: {
            /** @description `together` (one document) or `separate`. */
            arrangement?: string;
            /**
             * @description Which attachments (`index`) under which `name`, with which `document_type` and `document_date`; all but pictures of
             *     the text when left out.
             */
            attachments?: Record<string, never>[] | null;
            case_facet?: string | null;
            /**
             * Format: uuid
             * @description The case, by this or by `case_number`.
             */
            case_id?: string | null;
            /** @description KLE number of the case, should it have none; one that it has stays. */
            case_kle?: string | null;
            case_number?: string | null;
            /**
             * Format: date
             * @description Until when it asks for something; what the mail names when left out, none when null.
             */
            deadline?: string | null;
            direction?: components["schemas"]["Direction"] | null;
            /** Format: date */
            document_date?: string | null;
            document_type?: components["schemas"]["DocumentType"] | null;
            /** @description Which of the thread's earlier mails, that are not on the case, go along: `none`, `with_attachments` or `all`. */
            earlier?: components["schemas"]["Earlier"];
            /** @description Whether what follows in the thread goes to the case too; as the organisation has chosen when left out. */
            follow?: boolean | null;
            /** @description Whether the mail itself is filed; yes when left out. */
            include_mail?: boolean | null;
            /**
             * Format: uuid
             * @description The mail, by this or by `message_id`.
             */
            mail_id?: string | null;
            message_id?: string | null;
            /** @description Who may see what is filed, of those who see the case, besides you; all of them when left out. */
            only_for?: string[] | null;
            /** @description Whom it is from, to or about; those that `POST /cases/proposal` names when left out. A CPR number may be masked. */
            parties?: components["schemas"]["Party"][] | null;
            title?: string | null;
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export type operations = Record<string, never>;
