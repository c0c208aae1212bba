<?php
// Leaves one way to the posts: WORDPRESS_ONLY is "feed", "sitemap" or "listing"; "" leaves all. The
// ways that are closed answer 404, and no page names them; posts never link each other in this theme.
$only = getenv('WORDPRESS_ONLY');
if ($only === '') {
    return;
}

if ($only !== 'feed') {
    remove_action('wp_head', 'feed_links', 2);
}
remove_action('wp_head', 'feed_links_extra', 3);
add_filter('wp_sitemaps_enabled', fn() => $only === 'sitemap');
$posts_only = fn($provider, $name) => $name === 'posts' ? $provider : false;
add_filter('wp_sitemaps_add_provider', $posts_only, 10, 2);
add_filter('wp_sitemaps_max_urls', fn() => 60);  // of 2000, so that there are several
add_filter('wp_sitemaps_post_types', fn($types) => ['post' => $types['post']]);

add_action('template_redirect', function () use ($only) {
    $open = is_robots() || is_single() || match ($only) {
        'feed' => is_feed() && !is_archive() && !is_comment_feed(),
        'sitemap' => get_query_var('sitemap') || get_query_var('sitemap-stylesheet'),
        'listing' => !is_feed() && !get_query_var('sitemap'),
    };
    if (!$open || (is_feed() && is_single())) {
        wp_die('Not here', 404);
    }
}, 0);
