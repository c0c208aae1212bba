"""The tables of the store, as the steps by which they came about.

A file has had as many of them as its `PRAGMA user_version` says. A step that was released is never
edited; what changes is a further step.
"""

from __future__ import annotations

MIGRATIONS = (
    """
    CREATE TABLE articles (
        id INTEGER PRIMARY KEY,
        portal TEXT NOT NULL,
        identity TEXT NOT NULL,
        url TEXT NOT NULL,
        sha256 TEXT NOT NULL,
        record TEXT NOT NULL,          -- the Article as JSON
        first_seen TEXT NOT NULL,
        changed_at TEXT NOT NULL,
        change INTEGER NOT NULL,       -- grows with every write, over all articles
        indexed INTEGER NOT NULL DEFAULT 0,  -- the change that the published index holds
        UNIQUE (portal, identity)
    );
    CREATE INDEX articles_unindexed ON articles (change) WHERE indexed < change;
    CREATE INDEX articles_change ON articles (change);
    CREATE TABLE revisions (
        article INTEGER NOT NULL REFERENCES articles (id),
        replaced_at TEXT NOT NULL,
        sha256 TEXT NOT NULL,
        record TEXT NOT NULL
    );
    CREATE INDEX revisions_article ON revisions (article);
    CREATE TABLE addresses (
        portal TEXT NOT NULL,
        url TEXT NOT NULL,             -- canonical
        key TEXT NOT NULL,             -- the id a layout carries in the address, else the address
        kind TEXT NOT NULL,            -- start, listing or article
        depth INTEGER NOT NULL,        -- links away from a start page
        parent TEXT,                   -- the address that linked it first
        due REAL NOT NULL,             -- seconds since 1970; when it may be fetched next
        fetched_at REAL,
        outcome TEXT,                  -- what the last fetch brought, in a word or two
        etag TEXT,
        last_modified TEXT,
        sha256 TEXT,                   -- of the bytes last fetched
        failures INTEGER NOT NULL DEFAULT 0,  -- in a row
        PRIMARY KEY (portal, url)
    ) WITHOUT ROWID;
    CREATE INDEX addresses_key ON addresses (key);  -- SQLite passes over one on (portal, key)
    CREATE INDEX addresses_due ON addresses (portal, due);
    CREATE TABLE crawls (
        portal TEXT PRIMARY KEY,
        started_at REAL NOT NULL,
        finished_at REAL,              -- none while a crawl runs, or after one that was killed
        succeeded_at REAL,             -- the end of the last crawl that met no error
        error TEXT,                    -- why the last crawl gave up, in words
        failures INTEGER NOT NULL DEFAULT 0,  -- crawls that gave up, in a row
        not_before REAL                -- the portal asked to be left alone until then
    ) WITHOUT ROWID;
    """,
    """
    ALTER TABLE articles ADD COLUMN checksum TEXT;      -- SHA-256 of the record as it was written
    ALTER TABLE revisions ADD COLUMN checksum TEXT;
    UPDATE articles SET checksum = sha256(CAST(record AS BLOB));
    UPDATE revisions SET checksum = sha256(CAST(record AS BLOB));
    ALTER TABLE articles ADD COLUMN withdrawn_at TEXT;  -- its portal took it down; none: it stands
    CREATE INDEX articles_first_seen ON articles (portal, first_seen);
    ALTER TABLE addresses ADD COLUMN state TEXT NOT NULL DEFAULT 'new';
        -- new, live, missing (not there, not yet confirmed), gone, failing or barred
    ALTER TABLE addresses ADD COLUMN missing_since REAL;  -- when it was first not there
    ALTER TABLE addresses ADD COLUMN interval REAL;       -- seconds between looks, as it changes
    ALTER TABLE addresses ADD COLUMN content TEXT;        -- hash of what it says, counters aside
    ALTER TABLE addresses ADD COLUMN article INTEGER;     -- the article it brought
    UPDATE addresses SET state = CASE WHEN fetched_at IS NULL THEN 'new'
        WHEN failures > 0 THEN 'failing' ELSE 'live' END;
    UPDATE addresses SET content = sha256, article = (SELECT id FROM articles AS each
        WHERE each.portal = addresses.portal AND each.identity = addresses.key)
        WHERE outcome = 'article';
    CREATE INDEX addresses_article ON addresses (article) WHERE article NOT NULL;
    CREATE TABLE shapes (              -- of addresses, to notice a trap by what it does not bring
        portal TEXT NOT NULL,
        shape TEXT NOT NULL,
        fruitless INTEGER NOT NULL,    -- fetches since one last brought an article that was new
        PRIMARY KEY (portal, shape)
    ) WITHOUT ROWID;
    CREATE TABLE hosts (               -- machines, by the address a name stands for
        address TEXT PRIMARY KEY,
        free_at REAL NOT NULL DEFAULT 0,           -- the next request may leave then
        left_alone_until REAL NOT NULL DEFAULT 0,  -- by its own word (Retry-After)
        failures INTEGER NOT NULL DEFAULT 0,       -- in a row
        parked_until REAL NOT NULL DEFAULT 0       -- by our own, after failures
    ) WITHOUT ROWID;
    CREATE TABLE robots (
        origin TEXT PRIMARY KEY,       -- scheme, host and port
        fetched_at REAL NOT NULL,
        body BLOB NOT NULL             -- the last good copy; empty where there is none to obey
    ) WITHOUT ROWID;
    CREATE TABLE tls (                 -- what was accepted of whom
        host TEXT PRIMARY KEY,
        seen_at REAL NOT NULL,
        protocol TEXT NOT NULL,
        fault TEXT NOT NULL            -- why it would not stand verification; "" where it does
    ) WITHOUT ROWID;
    CREATE TABLE captures (            -- where in the archive an answer lies
        portal TEXT NOT NULL,
        url TEXT NOT NULL,
        fetched_at REAL NOT NULL,
        file TEXT NOT NULL,            -- in the archive's folder
        offset INTEGER NOT NULL,
        length INTEGER NOT NULL,
        PRIMARY KEY (portal, url, fetched_at)
    ) WITHOUT ROWID;
    CREATE INDEX captures_file ON captures (file);
    CREATE TABLE tombstones (          -- what was forgotten on request, without a word of it
        portal TEXT NOT NULL,
        url TEXT NOT NULL,             -- canonical; "" for the whole portal
        key TEXT NOT NULL,             -- as in addresses
        identity TEXT NOT NULL,        -- as in articles; "" where none was stored
        forgotten_at REAL NOT NULL,
        reason TEXT NOT NULL,
        PRIMARY KEY (portal, url)
    ) WITHOUT ROWID;
    CREATE INDEX tombstones_key ON tombstones (key);
    CREATE INDEX tombstones_identity ON tombstones (identity);
    CREATE TABLE deletions (           -- articles that the published index may still hold
        article INTEGER PRIMARY KEY
    );
    CREATE TABLE attachments (         -- what the files say that articles link
        portal TEXT NOT NULL,
        url TEXT NOT NULL,             -- canonical, as in the article
        sha256 TEXT NOT NULL,          -- of the file
        state TEXT NOT NULL,           -- text, or why there is none: see attachments.py
        text TEXT NOT NULL,
        PRIMARY KEY (portal, url)
    );
    CREATE TABLE families (            -- which articles are copies of one text
        article INTEGER PRIMARY KEY REFERENCES articles (id),
        family INTEGER NOT NULL,
        sketch BLOB NOT NULL           -- the keys of its text, eight bytes each
    );
    CREATE INDEX families_family ON families (family);
    CREATE TABLE family_keys (         -- of phrases, by which a copy is found; once a family
        key INTEGER NOT NULL,
        article INTEGER NOT NULL,
        PRIMARY KEY (key, article)
    ) WITHOUT ROWID;
    CREATE TABLE samples (             -- of each portal's pages, to tell its frame from its news
        portal TEXT NOT NULL,
        page INTEGER NOT NULL,         -- a hash of its title
        texts BLOB NOT NULL,           -- hashes of what it shows, four bytes each
        PRIMARY KEY (portal, page)
    ) WITHOUT ROWID;
    CREATE TABLE imports (             -- files of other crawlers, and how far they were read
        file TEXT PRIMARY KEY,
        size INTEGER NOT NULL,
        offset INTEGER NOT NULL,
        finished_at REAL
    ) WITHOUT ROWID;
    """,
)
